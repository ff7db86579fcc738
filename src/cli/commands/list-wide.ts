import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { Rollout } from '#api/argoproj/rollout.js';
import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import { kinds } from '#api/kinds.js';
import { ownedBy } from '#core/inspect/input.js';
import { formatPercent, printPhrase } from '#core/view/words/format.js';
import { rowOf } from '#core/view/row.js';
import { viewInputOf } from '#core/view/view-input.js';
import type { Row } from '#core/view/wire/list.js';
import type { Connection, Io } from '../io.js';
import { printTable } from '../print/table.js';
import { listAll } from '../read-view.js';

/** `sluice list rollouts -o wide`: what each Rollout waits for; what needs a person first. */
export async function printAttention(connection: Connection, io: Io, isEverywhere: boolean): Promise<void> {
  const where = isEverywhere ? { kube: connection.kube } : connection;
  const [rollouts, replicaSets, runs] = await Promise.all([
    listAll<Rollout>(where, kinds.rollout),
    listAll<ReplicaSet>(where, kinds.replicaSet),
    listAll<AnalysisRun>(where, kinds.analysisRun),
  ]);
  const now = io.clock.now();
  const rows = rollouts.map((rollout) => {
    const own = { replicaSets: ownedBy(rollout, replicaSets), runs: ownedBy(rollout, runs) };
    return rowOf(viewInputOf({ rollout, ...own, now }));
  });
  if (rows.length === 0) {
    io.err.write('No resources found.\n');
    return;
  }
  const header = ['NAMESPACE', 'NAME', 'STRATEGY', 'PHASE', 'STEP', 'WEIGHT', 'READY', 'WHY'];
  const cells = rows.toSorted(byAttention).map((row) => cellsOf(row, (phrase) => printPhrase(phrase, now)));
  io.out.write(printTable(header, cells));
}

function cellsOf(row: Row, print: (phrase: Row['reason']) => string): readonly string[] {
  return [
    row.namespace,
    row.name,
    row.strategy,
    row.phase,
    row.step === null ? '-' : `${row.step[0]}/${row.step[1]}`,
    row.weight === null ? '-' : formatPercent(row.weight.wanted),
    `${row.replicas.ready}/${row.replicas.desired}`,
    print(row.reason),
  ];
}

function byAttention(a: Row, b: Row): number {
  const older = (row: Row): number => row.attention.since ?? Number.POSITIVE_INFINITY;
  const byName = `${a.namespace}/${a.name}` < `${b.namespace}/${b.name}` ? -1 : 1;
  return a.attention.class - b.attention.class || Math.sign(older(a) - older(b)) || byName;
}
