import type { TreeNode } from '#core/view/tree.js';
import { shapes, tinted } from './colour.js';

export interface TreeOptions {
  readonly isColoured: boolean;
  /** Milliseconds since 1970, for ages. */
  readonly now: number;
}

/** The tree with one line a node: name, status, age, facts. */
export function printTree(root: TreeNode, options: TreeOptions): string {
  const lines = linesOf(root, '', '', options);
  const width = (column: 'head' | 'status' | 'age'): number =>
    Math.max(...lines.map((line) => line[column].length));
  const head = width('head');
  const status = width('status');
  const age = width('age');
  return lines
    .map((line) => {
      const cells = `${tinted(line.status.padEnd(status), line.mark, options.isColoured)}  ${line.age.padEnd(age)}  ${line.info}`;
      return `${line.head.padEnd(head)}  ${cells}`.trimEnd();
    })
    .join('\n')
    .concat('\n');
}

interface Line {
  readonly head: string;
  readonly status: string;
  readonly age: string;
  readonly info: string;
  readonly mark: TreeNode['mark'];
}

const glyphs: Readonly<Record<TreeNode['kind'], string>> = {
  Rollout: '⟳',
  Revision: '#',
  ReplicaSet: '⧉',
  Pod: '□',
  AnalysisRun: 'α',
};

function linesOf(node: TreeNode, before: string, childBefore: string, options: TreeOptions): readonly Line[] {
  const line: Line = {
    head: `${before}${glyphs[node.kind]} ${node.name}`,
    status: node.status === '' ? '' : `${shapes[node.mark]} ${node.status}`,
    age: node.createdAt === undefined ? '' : printAge(options.now - node.createdAt),
    info: node.info.filter((fact) => fact !== '').join(', '),
    mark: node.mark,
  };
  const children = node.children.flatMap((child, i) => {
    const isLast = i === node.children.length - 1;
    return linesOf(
      child,
      `${childBefore}${isLast ? '└──' : '├──'}`,
      `${childBefore}${isLast ? '   ' : '│  '}`,
      options,
    );
  });
  return [line, ...children];
}

/** `45s`, `3m12s`, `5h`, `2d`: kubectl's way to print an age. */
function printAge(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return `${minutes}m${seconds % 60 === 0 ? '' : `${seconds % 60}s`}`;
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours}h` : `${Math.floor(hours / 24)}d`;
}
