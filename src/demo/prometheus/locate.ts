import { execFile } from 'node:child_process';
import { access, constants, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { AppError } from '#ports/errors.js';

const run = promisify(execFile);

/** The module version that is built when nothing else gives a Prometheus: 3.5, by its Go module's numbering. */
const moduleVersion = 'v0.305.0';

export interface LocateOptions {
  /** Told what is being done when it takes longer than a look at the disk. */
  readonly onProgress?: (message: string) => void;
  /** Default `~/.cache/sluice`. */
  readonly cacheDir?: string;
  /** Ends downloads and builds. */
  readonly signal?: AbortSignal;
}

/**
 * The path of a Prometheus binary: from PATH, else from the cache folder, else unpacked there from the system's
 * packages without touching the system, else built with Go.
 *
 * @throws AppError ToolMissing with one sentence on how to get it, when none of these ways works.
 */
export async function locatePrometheus(options: LocateOptions = {}): Promise<string> {
  const cacheDir = options.cacheDir ?? join(homedir(), '.cache', 'sluice');
  const cached = join(cacheDir, 'prometheus', 'prometheus');
  const known = (await onPath('prometheus')) ?? ((await isExecutable(cached)) ? cached : undefined);
  if (known !== undefined) return known;
  await mkdir(join(cacheDir, 'prometheus'), { recursive: true });
  const failures: string[] = [];
  for (const [tool, obtain, what] of [
    ['apt-get', unpackPackage, 'unpacking the system package'],
    ['go', buildWithGo, 'building it with Go, which takes some minutes'],
  ] as const) {
    if ((await onPath(tool)) === undefined) continue;
    options.onProgress?.(`no prometheus on PATH: ${what}`);
    try {
      await obtain(cached, options.signal);
      return cached;
    } catch (thrown) {
      options.signal?.throwIfAborted();
      // Each way may fail on a machine without network; the next one is tried and the reasons are named at the end.
      failures.push(
        `${tool}: ${thrown instanceof Error ? (thrown.message.split('\n')[0] ?? '') : String(thrown)}`,
      );
    }
  }
  const tried = failures.length === 0 ? '' : ` (tried ${failures.join('; ')})`;
  throw new AppError(
    'ToolMissing',
    `prometheus not found: install it so that "prometheus --version" works, for instance with your package manager${tried}`,
  );
}

async function unpackPackage(target: string, signal?: AbortSignal): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'sluice-prometheus-'));
  try {
    const stop = signal === undefined ? {} : { signal };
    const own = [
      '-o',
      `Dir::State::lists=${dir}/lists`,
      '-o',
      `Dir::Cache=${dir}/cache`,
      '-o',
      'Debug::NoLocking=1',
      '-qq',
    ];
    await mkdir(join(dir, 'lists', 'partial'), { recursive: true });
    await mkdir(join(dir, 'cache', 'archives', 'partial'), { recursive: true });
    await run('apt-get', [...own, 'update'], { ...stop, cwd: dir, timeout: 120_000 });
    await run('apt-get', [...own, 'download', 'prometheus'], { ...stop, cwd: dir, timeout: 120_000 });
    const archive = (await readdir(dir)).find((name) => name.endsWith('.deb'));
    if (archive === undefined) throw new Error('the package was not downloaded');
    await run('dpkg-deb', ['-x', archive, 'root'], { cwd: dir, timeout: 60_000 });
    await takeOver(join(dir, 'root', 'usr', 'bin', 'prometheus'), target);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function buildWithGo(target: string, signal?: AbortSignal): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'sluice-prometheus-'));
  try {
    const env = { ...process.env, GOBIN: dir, GOFLAGS: '-tags=remove_all_sd' };
    await run('go', ['install', `github.com/prometheus/prometheus/cmd/prometheus@${moduleVersion}`], {
      ...(signal === undefined ? {} : { signal }),
      env,
      timeout: 900_000,
      maxBuffer: 2 ** 26,
    });
    await takeOver(join(dir, 'prometheus'), target);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Moves a working binary into the cache; one that does not run is no Prometheus. */
async function takeOver(from: string, target: string): Promise<void> {
  await run(from, ['--version'], { timeout: 20_000 });
  try {
    await rename(from, target);
  } catch (thrown) {
    // Temporary folder and cache may be on different file systems, where rename is refused.
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EXDEV')) throw thrown;
    await run('cp', ['-p', '--', from, target]);
  }
}

async function onPath(name: string): Promise<string | undefined> {
  for (const dir of (process.env['PATH'] ?? '').split(delimiter)) {
    const candidate = join(dir, name);
    if (dir !== '' && (await isExecutable(candidate))) return candidate;
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
