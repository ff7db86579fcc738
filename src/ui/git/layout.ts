import type { GitRef, GitRow } from '#core/view/wire/git.js';

/** A box of the graph, by its upper left corner. */
export interface Box {
  readonly x: number;
  readonly y: number;
}

/** An edge between two boxes: what is applied, or what must be ready before. */
export interface Edge {
  readonly d: string;
  readonly isNeed: boolean;
}

/** The tree of what is shown: sources, what applies them, and what that manages. */
export interface Tree {
  readonly source: GitRow | GitRef;
  readonly users: readonly GitRow[];
}

const size = { width: 232, height: 56, gapX: 56, gapY: 12 } as const;
const stepX = size.width + size.gapX;
const stepY = size.height + size.gapY;
/** Those that need others stand a little further in. */
const indent = 14;
const mostDepth = 3;

export function refKey({ kind, namespace, name }: GitRef): string {
  return `${kind}/${namespace}/${name}`;
}

/** Sources with their users; what needs others comes after these. Sources that nobody applies come last. */
function treesOf(rows: readonly GitRow[]): readonly Tree[] {
  const sources = new Map<string, { source: GitRow | GitRef; users: GitRow[] }>();
  for (const row of rows) if (row.source === null) sources.set(refKey(row), { source: row, users: [] });
  for (const row of rows) {
    if (row.source === null) continue;
    const key = refKey(row.source);
    const tree = sources.get(key) ?? { source: row.source, users: [] };
    tree.users.push(row);
    sources.set(key, tree);
  }
  const depths = depthsOf(rows);
  const depth = (row: GitRow): number => depths.get(refKey(row)) ?? 0;
  return [...sources.values()]
    .map(({ source, users }) => ({ source, users: users.toSorted((a, b) => depth(a) - depth(b)) }))
    .toSorted((a, b) => Math.min(1, b.users.length) - Math.min(1, a.users.length));
}

/** How many levels of needs stand before each; a circle ends where it begins. */
function depthsOf(rows: readonly GitRow[]): ReadonlyMap<string, number> {
  const byKey = new Map(rows.map((row) => [refKey(row), row]));
  const depths = new Map<string, number>();
  const look = (key: string, path: readonly string[]): number => {
    const known = depths.get(key);
    if (known !== undefined || path.includes(key)) return known ?? 0;
    const needs = byKey.get(key)?.needs ?? [];
    const depth = Math.max(-1, ...needs.map((need) => look(refKey(need), [...path, key]))) + 1;
    depths.set(key, depth);
    return depth;
  };
  for (const key of byKey.keys()) look(key, []);
  return depths;
}

/** Where every box stands, column by column, and the edges between them. */
export function layoutOf(rows: readonly GitRow[]): {
  readonly trees: readonly Tree[];
  readonly boxes: ReadonlyMap<string, Box>;
  readonly edges: readonly Edge[];
  readonly height: number;
} {
  const trees = treesOf(rows);
  const depths = depthsOf(rows);
  const boxes = new Map<string, Box>();
  const edges: Edge[] = [];
  let line = 0;
  for (const { source, users } of trees) {
    const start = { x: 0, y: line * stepY };
    boxes.set(refKey(source), start);
    for (const user of users) {
      const key = refKey(user);
      const box = { x: stepX + indent * Math.min(mostDepth, depths.get(key) ?? 0), y: line * stepY };
      boxes.set(key, box);
      edges.push({ d: across(start, box), isNeed: false });
      const managed = { x: 2 * stepX + indent * mostDepth, y: box.y };
      const hasOthers = user.objects.some(({ kind }) => kind !== 'Rollout');
      if (hasOthers) {
        boxes.set(`${key}#`, managed);
        edges.push({ d: across(box, managed), isNeed: false });
      }
      user.rollouts.forEach((_, i) => {
        const at = { x: managed.x + stepX, y: (line + i) * stepY };
        boxes.set(`${key}#${i}`, at);
        edges.push({ d: across(hasOthers ? managed : box, at), isNeed: false });
      });
      line += Math.max(1, user.rollouts.length);
    }
    if (users.length === 0) line += 1;
  }
  for (const row of rows)
    for (const need of row.needs) {
      const [from, to] = [boxes.get(refKey(need)), boxes.get(refKey(row))];
      if (from !== undefined && to !== undefined) edges.push({ d: around(from, to), isNeed: true });
    }
  return { trees, boxes, edges, height: Math.max(1, line) * stepY };
}

const middle = size.height / 2;

/** From the right side of one box to the left side of another. */
function across(from: Box, to: Box): string {
  const [x, y, toY] = [from.x + size.width, from.y + middle, to.y + middle];
  const bend = x + size.gapX / 2 - 12;
  return `M${x} ${y}H${bend}V${toY}H${to.x}`;
}

/** Along the right side of a column, from what is needed to what needs it. */
function around(from: Box, to: Box): string {
  const [x, toX] = [from.x + size.width, to.x + size.width];
  const out = Math.max(x, toX) + 16;
  return `M${x} ${from.y + middle + 10}C${out} ${from.y + middle + 10} ${out} ${to.y + middle - 10} ${toX} ${to.y + middle - 10}`;
}
