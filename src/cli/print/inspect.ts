import type { ImageView } from '#core/inspect/images.js';
import type { InspectNode } from '#core/inspect/input.js';
import type { Summary } from '#core/inspect/summary.js';

/** The colours of icons and roles, as escape codes; what is not here keeps the terminal's own. */
const codes: Readonly<Record<string, number>> = {
  '◷': 33,
  '◌': 94,
  '⚠': 31,
  '?': 33,
  '✔': 32,
  '✖': 31,
  canary: 33,
  stable: 32,
  active: 32,
  preview: 94,
};

const labelWidth = 17;

/** The block above the tree, a field a line. */
export function printSummary(summary: Summary, isColoured: boolean): readonly string[] {
  const { rollout } = summary;
  const lines = [
    field('Name:', summary.name),
    field('Namespace:', summary.namespace),
    field('Status:', `${painted(summary.icon, isColoured)} ${summary.status}`),
    ...(summary.message === '' ? [] : [field('Message:', summary.message)]),
    ...(rollout === undefined ? [] : [field('Strategy:', rollout.strategy)]),
  ];
  if (rollout?.canary !== undefined) {
    const { step, setWeight, actualWeight } = rollout.canary;
    lines.push(field('  Step:', step), field('  SetWeight:', String(setWeight)));
    lines.push(field('  ActualWeight:', String(actualWeight)));
  }
  lines.push(
    ...summary.images.map((image, i) => field(i === 0 ? 'Images:' : '', imageWords(image, isColoured))),
  );
  if (rollout === undefined) return lines;
  const { desired, current, updated, ready, available } = rollout.replicas;
  return [
    ...lines,
    'Replicas:',
    field('  Desired:', String(desired)),
    field('  Current:', String(current)),
    field('  Updated:', String(updated)),
    field('  Ready:', String(ready)),
    field('  Available:', String(available)),
  ];
}

/** A label and its value in the columns of the block; more lines stand below the first. */
export function field(label: string, ...values: readonly string[]): string {
  const [first = '', ...rest] = values;
  return [label.padEnd(labelWidth) + first, ...rest.map((line) => ' '.repeat(labelWidth) + line)]
    .map((line) => line.trimEnd())
    .join('\n');
}

/** The tree below its header, a node a line. */
export function printInspectTree(root: InspectNode, isColoured: boolean): readonly string[] {
  const header: Line = { cells: ['NAME', 'KIND', 'STATUS', 'AGE'], info: 'INFO' };
  const lines = [header, ...linesOf(root, '', '', isColoured)];
  const widths = header.cells.map((_, column) =>
    Math.max(...lines.map(({ cells }) => (cells[column] ?? '').length)),
  );
  return lines.map((line) => {
    const cells = line.cells.map((cell, column) => {
      const padded = cell.padEnd(widths[column] ?? 0);
      return column === 2 && cell !== '' ? padded.replace(cell, paintedStatus(cell, isColoured)) : padded;
    });
    return [...cells, line.info].join('  ').trimEnd();
  });
}

interface Line {
  /** Name, kind, status and age, without colours. */
  readonly cells: readonly [name: string, kind: string, status: string, age: string];
  readonly info: string;
}

const glyphs: Readonly<Record<InspectNode['kind'], string>> = {
  Rollout: '⟳',
  Revision: '#',
  ReplicaSet: '⧉',
  Pod: '□',
  Experiment: 'Σ',
  AnalysisRun: 'α',
  Job: '⊞',
};

function linesOf(node: InspectNode, before: string, below: string, isColoured: boolean): readonly Line[] {
  const { status } = node;
  const line: Line = {
    cells: [
      `${before}${glyphs[node.kind]} ${node.name}`,
      node.kind === 'Revision' ? '' : node.kind,
      status === undefined ? '' : `${status.icon} ${status.text}`.trimEnd(),
      node.age,
    ],
    info: node.info.map((fact) => paintedFact(fact, isColoured)).join(','),
  };
  const children = node.children.flatMap((child, i) => {
    const isLast = i === node.children.length - 1;
    return linesOf(
      child,
      `${below}${isLast ? '└──' : '├──'}`,
      `${below}${isLast ? '   ' : '│  '}`,
      isColoured,
    );
  });
  return [line, ...children];
}

function imageWords({ image, tags }: ImageView, isColoured: boolean): string {
  if (tags.length === 0) return image;
  return `${image} (${tags.map((tag) => painted(tag, isColoured)).join(', ')})`;
}

function paintedStatus(status: string, isColoured: boolean): string {
  const [icon = ''] = status;
  return `${painted(icon, isColoured)}${status.slice(icon.length)}`;
}

/** A role as a whole; of counts such as `✔ 4` the icon. */
function paintedFact(fact: string, isColoured: boolean): string {
  return codes[fact] === undefined ? paintedStatus(fact, isColoured) : painted(fact, isColoured);
}

function painted(word: string, isColoured: boolean): string {
  const code = codes[word];
  return isColoured && code !== undefined ? `\u001B[${code}m${word}\u001B[0m` : word;
}
