import { troubles, type Disturbance, type Trouble } from './disturbance.js';
import { compare, whole, type Difference } from './compare.js';
import { releases, type Release } from './releases.js';

/** One disturbed release. */
export interface Case {
  readonly release: Release;
  /** The line of the table that it counts in. */
  readonly label: string;
  readonly disturbances: readonly Disturbance[];
  readonly lagMs?: number;
}

/** A line of the table. */
export interface Row {
  readonly label: string;
  cases: number;
  readonly faults: (Difference & { readonly of: Case })[];
}

const lags = [300, 3000, 8000] as const;
const mixed = 'two or three of these at once';

/** Every kill behind every single write, every lag, and random troubles until there are `total` cases. */
export async function casesOf(total: number, seed: number): Promise<readonly Case[]> {
  const random = randomOf(seed);
  const pick = <T>(some: readonly T[]): T => some[Math.floor(random() * some.length)] as T;
  const cases: Case[] = [];
  for (const release of releases) {
    const { writes } = await whole(release);
    for (let afterWrites = 0; afterWrites < writes; afterWrites += 1)
      cases.push({ release, label: 'killed', disturbances: [{ trouble: 'killed', afterWrites }] });
    for (const lagMs of lags)
      cases.push({ release, label: `watches late by ${lagMs / 1000} s`, disturbances: [], lagMs });
  }
  for (const known = cases.length; cases.length < Math.max(total, known + total / 2);) {
    const release = pick(releases);
    const { writes } = await whole(release);
    const some = random() < 0.7 ? 1 : 2 + Math.floor(random() * 2);
    const disturbances = Array.from({ length: some }, () => ({
      trouble: pick<Trouble>(troubles),
      afterWrites: Math.floor(random() * writes),
    }));
    const label = disturbances.length === 1 ? (disturbances[0]?.trouble ?? mixed) : mixed;
    cases.push({ release, label, disturbances, lagMs: pick([0, 0, 300]) });
  }
  return spread(cases, total);
}

/** A short run takes its cases evenly from all. */
function spread(cases: readonly Case[], total: number): readonly Case[] {
  return Array.from({ length: total }, (_, i) => cases[Math.floor((i * cases.length) / total)]).flatMap(
    (one) => one ?? [],
  );
}

/** Tells all cases here, one after the other, and counts by label. */
export async function campaign(cases: readonly Case[]): Promise<readonly Row[]> {
  const found: (readonly Difference[])[] = [];
  for (const one of cases) found.push(await compare(one.release, one));
  return rowsOf(cases, found);
}

/** What was found of each case, counted by label. */
export function rowsOf(cases: readonly Case[], found: readonly (readonly Difference[])[]): readonly Row[] {
  const rows = new Map<string, Row>();
  for (const [index, of] of cases.entries()) {
    const row = rows.get(of.label) ?? { label: of.label, cases: 0, faults: [] };
    rows.set(of.label, row);
    row.cases += 1;
    row.faults.push(...(found[index] ?? []).map((fault) => ({ ...fault, of })));
  }
  return [...rows.values()];
}

const columns = ['another end', 'lost step', 'repeated step', 'extra revision', 'dropped', 'stuck'] as const;

/** The table as Markdown. */
export function tableOf(rows: readonly Row[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  const body = rows.map(({ label, cases, faults }) =>
    line([label, cases, ...columns.map((what) => countOf(faults, what))]),
  );
  const all = rows.flatMap(({ faults }) => faults);
  const sum = rows.reduce((total, { cases }) => total + cases, 0);
  return [
    line(['trouble', 'releases', ...columns]),
    line(['---', ...columns.map(() => '--:'), '--:']),
    ...body,
    line(['all', sum, ...columns.map((what) => countOf(all, what))]),
  ].join('\n');
}

/** Cases with such a fault: one of them may have several. */
function countOf(faults: Row['faults'], what: Difference['what']): number {
  return new Set(faults.filter((fault) => fault.what === what).map(({ of }) => of)).size;
}

/** Mulberry32: the same seed, the same cases. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
