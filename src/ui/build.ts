import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Metafile, type Plugin } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const kilobyte = 1024;

/** Gzipped bytes that the page may weigh. */
export const budgets = {
  firstScripts: 22 * kilobyte,
  firstStyles: 4 * kilobyte,
  plots: 25 * kilobyte,
  more: 17 * kilobyte,
  git: 7 * kilobyte,
  all: 60 * kilobyte,
} as const;

type Part = keyof typeof budgets;

const parts: readonly Part[] = ['firstScripts', 'firstStyles', 'plots', 'more', 'git', 'all'];

/** What was built: gzipped sizes by part, and the largest modules. */
export interface PageBuild {
  readonly outdir: string;
  readonly sizes: Readonly<Record<Part, number>>;
  readonly largest: readonly { readonly module: string; readonly bytes: number }[];
  /** Every file that went into it, relative to this folder. */
  readonly inputs: readonly string[];
}

/** Builds the page into a folder with hashed names. Throws when a part is over its budget, naming part and figures. */
export async function buildPage(folder: string): Promise<PageBuild> {
  const outdir = resolve(folder);
  await rm(outdir, { recursive: true, force: true });
  await mkdir(outdir, { recursive: true });
  const result = await build({
    absWorkingDir: here,
    entryPoints: { page: 'main.tsx', style: 'style.css', more: 'more.css', git: 'git.css' },
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    metafile: true,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    legalComments: 'none',
    charset: 'utf8',
    logLevel: 'warning',
    publicPath: '/assets/',
    plugins: [lightPlots],
  });
  const sizes = await measure(result.metafile);
  const inputs = Object.keys(result.metafile.inputs);
  const page = { outdir, sizes, largest: largestModules(result.metafile), inputs };
  for (const part of parts)
    if (sizes[part] > budgets[part])
      throw new Error(
        `page: ${part} weighs ${sizes[part]} bytes, budget ${budgets[part]}\n${reportOf(page)}`,
      );
  await writeShell(result.metafile, outdir);
  await copyFile(join(here, 'icon.svg'), join(outdir, 'icon.svg'));
  return page;
}

/** Sizes and the ten largest modules, for people. */
export function reportOf({ sizes, largest }: PageBuild): string {
  const lines = parts.map(
    (part) => `  ${part.padEnd(14)}${String(sizes[part]).padStart(7)} of ${budgets[part]} bytes gzipped`,
  );
  const modules = largest.map(({ module, bytes }) => `  ${String(bytes).padStart(7)} ${module}`);
  return ['page:', ...lines, 'largest modules, minified bytes:', ...modules].join('\n');
}

/**
 * Parts of the plot library that are never reached here, each with what stands for it: its paths, its legend, its own steps
 * and words for times (axes say theirs), points and bands at the cursor, selection by dragging, scales that are not linear
 * or stand upright, and what only its other users call. Unreferenced, they fall out of the bundle.
 */
const unused: readonly (readonly [part: RegExp, instead: string])[] = [
  [/\(paths\.(linear|stepped|bars|spline)\s*= \w+\);/g, ''],
  [/uPlot\.(join|fmtDate|tzDate|rangeNum|rangeLog|rangeAsinh|orient|addGap|clipGaps)\s*= \w+;/g, ''],
  [/const (linearPath|pointsPath)\s*= \w+\(\) ;/g, ''],
  [/linearPath \|\| retNull/g, 'retNull'],
  [/paths: pointsPath,/g, ''],
  [/s\.fillTo \|\| seriesFillTo/g, 's.fillTo'],
  [/const showLegend = legend\.show;/g, 'const showLegend = false;'],
  [/opts\.fmtDate \|\| fmtDate/g, 'opts.fmtDate'],
  [/timeAxisVals\(_tzDate, timeAxisStamps\(\(ms == 1[^;]+;/g, 'undefined;'],
  [/timeAxisVals\(_tzDate, timeAxisStamps\(av, _fmtDate\)\)/g, 'av'],
  [/timeAxisVal\(_tzDate, av\)/g, 'av'],
  [/timeSeriesVal\(_tzDate, timeSeriesStamp\(\w+, _fmtDate\)\)/g, 'undefined'],
  [/^genIncrs\(2, -53, 53, \[1]\);$/gm, ''],
  [/^const (decIncrs|oneIncrs|wholeIncrs|numIncrs) = [^;]+;$/gm, ''],
  [/^const \[ timeIncrsM?s?S?,.*$/gim, ''],
  [/\(ms == 1 \? timeAxisSplitsMs\(_tzDate\) : timeAxisSplitsS\(_tzDate\)\)/g, 'undefined'],
  [/axis\.incrs  \|\| \([^;]+;/g, 'axis.incrs);'],
  [/const mode = self\.mode;/g, 'const mode = 1;'],
  [/scaleX\.ori == 0/g, 'true'],
  [/scaleX\.ori == 1/g, 'false'],
  [/\b(xScaleDistr|sc\.distr|scale\.distr) == [234]\b/g, 'false'],
  [/^const (rectH|rectV|drawAccH|drawAccV)\s*= .*$/gm, ''],
  [/\tif \(cursor\.dataIdx == null\) {[\s\S]*?\n\t}\n(?=\n\tconst setCursorEvent)/g, ''],
  [/\t\t\t\/\/ closest pt values[\s\S]*?(?=\t\t}\n\n\t\t\/\/ nit: cursor\.drag)/g, ''],
  [/\t\tif \(select\.show && dragging\) {[\s\S]*?\n\t\t}\n(?=\n\t\tdrag\._x = dragX)/g, ''],
];

/**
 * Functions of the plot library that are never called here, since strips bring their own ranges, splits and words, draw
 * their own series, and have no legend, no points, no bands, no focus and no distribution but the linear one; the last ones
 * are called and have nothing to do, since nothing can be selected by dragging.
 */
const idle: readonly string[] = [
  'rangeLog rangeAsinh logAxisSplits asinhAxisSplits log2AxisValsFilt log10AxisValsFilt _rangeNum rangeNum',
  'numAxisSplits numAxisVals numSeriesVal clampScale seriesPointsShow cursorPointShow clipBandLine',
  'getOuterIdxs offMouse linear stepped points drawSeries drawPath fillStroke strokeFill doStroke doFill cacheStrokeFill hasData',
  'initCursorPt elSize elColor autoPadSide snapNumX snapNumY snapLogY snapAsinhY setSelH setSelV',
  'addBand delBand setBand initLegendRow setLegend setLegendValues syncLegend legendFill legendStroke toggleDOM',
  'setFocus setAlpha setSeries addSeries delSeries mouseDown mouseUp dblClick setSelect hideSelect',
].flatMap((line) => line.split(' '));

const lightPlots: Plugin = {
  name: 'light-plots',
  setup(bundler) {
    bundler.onLoad({ filter: /uPlot\.esm\.js$/ }, async ({ path }) => {
      let contents = await readFile(path, 'utf8');
      const cuts = [...unused, ...idle.map(emptied)];
      for (const [part, instead] of cuts) {
        if (contents.search(part) < 0)
          throw new Error(`page: ${path} has no ${part.source}; see the unused parts in src/ui/build.ts`);
        contents = contents.replace(part, instead);
      }
      return { contents, loader: 'js' };
    });
  },
};

/** A function up to the brace at its own depth, and the same without a body. */
function emptied(name: string): readonly [part: RegExp, instead: string] {
  return [new RegExp(`^(\\t*)function ${name}\\([\\s\\S]*?^\\1}$`, 'm'), `$1function ${name}() {}`];
}

async function measure(metafile: Metafile): Promise<Record<Part, number>> {
  const sizes: Record<Part, number> = { firstScripts: 0, firstStyles: 0, plots: 0, more: 0, git: 0, all: 0 };
  const first = firstLoad(metafile);
  for (const path of Object.keys(metafile.outputs)) {
    const bytes = gzipSync(await readFile(join(here, path)), { level: 9 }).length;
    const part = partOf(path, metafile, first);
    sizes[part] += bytes;
    sizes.all += bytes;
  }
  return sizes;
}

function partOf(path: string, { outputs }: Metafile, first: ReadonlySet<string>): Part {
  if (outputs[path]?.entryPoint === 'style.css') return 'firstStyles';
  if (first.has(path)) return 'firstScripts';
  const modules = Object.keys(outputs[path]?.inputs ?? {});
  if (modules.some((module) => /^git(\/git-view|\.css)/.test(module))) return 'git';
  return modules.some((module) => module.includes('uplot')) ? 'plots' : 'more';
}

/** The entry and everything that it imports at once. */
function firstLoad({ outputs }: Metafile): ReadonlySet<string> {
  const seen = new Set<string>();
  const open = Object.keys(outputs).filter((path) => outputs[path]?.entryPoint === 'main.tsx');
  for (const path of open) {
    if (seen.has(path)) continue;
    seen.add(path);
    for (const used of outputs[path]?.imports ?? [])
      if (used.kind === 'import-statement') open.push(used.path);
  }
  return seen;
}

function largestModules({ outputs }: Metafile): PageBuild['largest'] {
  const sizes = new Map<string, number>();
  for (const output of Object.values(outputs))
    for (const [module, { bytesInOutput }] of Object.entries(output.inputs))
      sizes.set(module, (sizes.get(module) ?? 0) + bytesInOutput);
  return [...sizes]
    .map(([module, bytes]) => ({ module, bytes }))
    .toSorted((a, b) => b.bytes - a.bytes)
    .slice(0, 10);
}

async function writeShell(metafile: Metafile, outdir: string): Promise<void> {
  const template = await readFile(join(here, 'index.html'), 'utf8');
  const named = (entry: string): string => {
    const path = Object.keys(metafile.outputs).find(
      (output) => metafile.outputs[output]?.entryPoint === entry,
    );
    return `/assets/${path?.split('/').at(-1) ?? ''}`;
  };
  const shell = template
    .replace(
      'data-theme="auto"',
      `data-theme="auto" data-more="${named('more.css')}" data-git="${named('git.css')}"`,
    )
    .replace('<!-- styles -->', `<link rel="stylesheet" href="${named('style.css')}" />`)
    .replace('<!-- scripts -->', `<script type="module" src="${named('main.tsx')}"></script>`);
  await writeFile(join(outdir, 'index.html'), shell);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const page = await buildPage(process.argv[2] ?? join(here, '../../dist/ui'));
  process.stdout.write(`${reportOf(page)}\n`);
}
