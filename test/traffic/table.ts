import type { Verdict } from './judge/judge.js';
import { scenarios } from './scenarios/index.js';

/** What is kept of a run for the table. */
export interface Row {
  readonly scenario: string;
  readonly router: string;
  readonly requests: number;
  readonly dropped: number;
  readonly wrong: number;
  readonly latestMs: number;
  readonly serviceWrites: number;
  readonly shares: number;
  readonly missedShares: number;
  readonly faults: readonly string[];
}

export function rowOf(scenario: string, router: string, verdict: Verdict): Row {
  const { requests, dropped, wrong, latestMs, serviceWrites, shares, faults } = verdict;
  return {
    scenario,
    router,
    requests,
    dropped: dropped.length,
    wrong: wrong.length,
    latestMs,
    serviceWrites,
    shares: shares.length,
    missedShares: shares.filter(({ isMissed }) => isMissed).length,
    faults,
  };
}

const head = [
  'scenario',
  'router',
  'runs',
  'passed',
  'requests',
  'dropped',
  'wrong version',
  'writes of a Service by an abort',
  'shares missed',
  'latest answer behind a promise',
];

/** A line for each scenario and router, in the order of the scenarios, and one for all. */
export function markdownTable(rows: readonly Row[]): string {
  const order = scenarios.map(({ name }) => name);
  const keys = [...new Set(rows.map(({ scenario, router }) => `${scenario} ${router}`))];
  const sorted = keys.toSorted(
    (a, b) => order.indexOf(a.split(' ')[0] ?? '') - order.indexOf(b.split(' ')[0] ?? ''),
  );
  const lines = sorted.map((key) => {
    const [scenario = '', router = ''] = key.split(' ');
    return cells(
      scenario,
      router,
      rows.filter((row) => row.scenario === scenario && row.router === router),
    );
  });
  const all = [head, head.map(() => '---'), ...lines, cells('all', '', rows)];
  return all.map((line) => `| ${line.join(' | ')} |`).join('\n');
}

function cells(scenario: string, router: string, rows: readonly Row[]): readonly string[] {
  const sum = (of: (row: Row) => number): number => rows.reduce((total, row) => total + of(row), 0);
  const most = (of: (row: Row) => number): number => Math.max(0, ...rows.map(of));
  return [
    scenario,
    router,
    `${rows.length}`,
    `${rows.filter(({ faults }) => faults.length === 0).length}`,
    sum(({ requests }) => requests).toLocaleString('en-GB'),
    `${sum(({ dropped }) => dropped)}`,
    `${sum(({ wrong }) => wrong)}`,
    `${most(({ serviceWrites }) => serviceWrites)}`,
    `${sum(({ missedShares }) => missedShares)} of ${sum(({ shares }) => shares)}`,
    `${(most(({ latestMs }) => latestMs) / 1000).toFixed(1)} s`,
  ];
}
