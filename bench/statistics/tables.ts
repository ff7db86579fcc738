import { playCounts, type FirstLooks, type World } from './counts.js';
import { forecastCells } from './forecast.js';
import { playMeans } from './means.js';
import { countWorlds, forecastWorlds, meanWorlds, podWorlds } from './worlds.js';

export interface Table {
  readonly head: readonly string[];
  /** Each row by its name; cells are made when they are asked for. */
  readonly rows: readonly { readonly name: string; readonly cells: (runs: number) => readonly string[] }[];
}

/** All figures of `docs/comparison.md`. */
export const tables: readonly Table[] = [
  {
    head: [
      'world',
      'comparison aborts',
      'at look (median)',
      'calls good enough',
      'threshold at 1.5 aborts',
      'z-test at every look aborts',
    ],
    rows: countWorlds.map((world) => ({
      name: world.name,
      cells: (runs) => judgesIn(play(runs, (run) => playCounts(world, run))),
    })),
  },
  {
    head: [
      'world of pods',
      'aborts without clusterBy',
      'aborts with clusterBy',
      'at look (median)',
      'calls good enough',
    ],
    rows: podWorlds.map((world) => ({ name: world.name, cells: (runs) => withAndWithout(world, runs) })),
  },
  {
    head: [
      'means of latencies',
      'comparison aborts',
      'at look (median)',
      'calls good enough',
      'threshold at 1.5 aborts',
      't-test at every look aborts',
    ],
    rows: meanWorlds.map((world) => ({
      name: world.name,
      cells: (runs) => judgesIn(play(runs, (run) => playMeans(world, run))),
    })),
  },
  {
    head: ['forecast', 'a tenth took at most', 'half', 'nine tenths', 'ended as foretold'],
    rows: forecastWorlds.map((world) => ({
      name: world.name,
      cells: (runs) => forecastCells(world, runs),
    })),
  },
];

function play(runs: number, one: (run: number) => FirstLooks): readonly FirstLooks[] {
  return Array.from({ length: runs }, (_, run) => one(run));
}

function judgesIn(results: readonly FirstLooks[]): readonly string[] {
  return [
    partOf(results, 'comparison'),
    medianOf(results, 'comparison'),
    partOf(results, 'good'),
    partOf(results, 'threshold'),
    partOf(results, 'zTest'),
  ];
}

function withAndWithout(world: World, runs: number): readonly string[] {
  const plain = play(runs, (run) => playCounts(world, run));
  const settings = { ...world.settings, clusterBy: 'pod' };
  const clustered = play(runs, (run) => playCounts({ ...world, settings }, run));
  return [
    partOf(plain, 'comparison'),
    partOf(clustered, 'comparison'),
    medianOf(clustered, 'comparison'),
    partOf(clustered, 'good'),
  ];
}

function partOf(results: readonly FirstLooks[], judge: keyof FirstLooks): string {
  const count = results.filter((result) => result[judge] !== undefined).length;
  return `${((100 * count) / results.length).toFixed(1)} %`;
}

function medianOf(results: readonly FirstLooks[], judge: keyof FirstLooks): string {
  const looks = results.flatMap((result) => result[judge] ?? []).toSorted((a, b) => a - b);
  return String(looks[Math.floor(looks.length / 2)] ?? '-');
}
