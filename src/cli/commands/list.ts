import type { Command } from 'commander';
import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { Rollout } from '#api/argoproj/rollout.js';
import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import { kinds } from '#api/kinds.js';
import { controllerOf } from '#core/kube/object.js';
import { formatPercent, printPhrase } from '#core/view/format.js';
import { rowOf } from '#core/view/row.js';
import { viewInputOf } from '#core/view/view-input.js';
import type { Row } from '#core/view/wire.js';
import { withConnection } from '../command.js';
import type { Io } from '../io.js';
import { printTable } from '../print/table.js';
import { listAll } from '../read-view.js';

/** `sluice list rollouts`: what needs a person first. */
export function registerList(program: Command, io: Io): void {
  const list = program.command('list').description('list objects, what needs a person first');
  const rollouts = list
    .command('rollouts')
    .aliases(['ro', 'rollout'])
    .description('list rollouts')
    .option('-A, --all-namespaces', 'of every namespace')
    .action(async (flags: { allNamespaces?: boolean }) =>
      withConnection(io, rollouts, async ({ kube, namespace }) => {
        const where = flags.allNamespaces === true ? { kube } : { kube, namespace };
        const [all, sets, runs] = await Promise.all([
          listAll<Rollout>(where, kinds.rollout),
          listAll<ReplicaSet>(where, kinds.replicaSet),
          listAll<AnalysisRun>(where, kinds.analysisRun),
        ]);
        const now = io.clock.now();
        const rows = all.map((rollout) => {
          const owns = (object: ReplicaSet | AnalysisRun): boolean =>
            controllerOf(object)?.uid === rollout.metadata.uid;
          return rowOf(
            viewInputOf({ rollout, replicaSets: sets.filter(owns), runs: runs.filter(owns), now }),
          );
        });
        if (rows.length === 0) {
          io.err.write(
            flags.allNamespaces === true
              ? 'no rollouts found\n'
              : `no rollouts found in namespace "${namespace}"\n`,
          );
          return;
        }
        const sorted = rows.toSorted(byAttention);
        const header = ['NAMESPACE', 'NAME', 'STRATEGY', 'PHASE', 'STEP', 'WEIGHT', 'READY', 'WHY'];
        io.out.write(
          printTable(
            header,
            sorted.map((row) => cellsOf(row, (phrase) => printPhrase(phrase, now))),
          ),
        );
      }),
    );
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
