import { formatCount, formatPercent } from './format.js';
import { gatesOf } from './gates.js';
import { revisionsOf } from './pods.js';
import { rowOf } from './row.js';
import type { ViewInput } from './view-input.js';
import type { GateView, Mark, PodView, RevisionView } from './wire.js';

/** A Rollout and what belongs to it, to be drawn as a tree of any depth. */
export interface TreeNode {
  readonly kind: 'Rollout' | 'Revision' | 'ReplicaSet' | 'Pod' | 'AnalysisRun';
  readonly name: string;
  readonly mark: Mark;
  readonly status: string;
  /** Short facts behind the status: `canary`, `2 of 2 ready`, `app:1.42`. */
  readonly info: readonly string[];
  /** Milliseconds since 1970; absent when unknown. */
  readonly createdAt?: number;
  readonly children: readonly TreeNode[];
}

/** Rollout → revisions, newest first → ReplicaSet and runs → pods, as `sluice get` draws it. */
export function treeOf(input: ViewInput): TreeNode {
  const row = rowOf(input);
  const gates = gatesOf(input.runs, input.rollout.status?.currentPodHash);
  const revisions = revisionsOf(input);
  const weight = row.weight === null ? [] : [`weight ${formatPercent(row.weight.wanted)}`];
  const step = row.step === null ? [] : [`${row.step[0]} of ${formatCount(row.step[1], 'step')} done`];
  return {
    kind: 'Rollout',
    name: row.name,
    mark: row.mark,
    status: row.phase,
    info: [...step, ...weight],
    ...created(input.rollout.metadata.creationTimestamp),
    children: revisions.map((revision) => revisionNode(revision, gates, input)),
  };
}

function revisionNode(revision: RevisionView, gates: readonly GateView[], input: ViewInput): TreeNode {
  const hashes = new Map(input.runs.map((run) => [run.metadata.name, run.metadata.labels]));
  const own = gates.filter((gate) =>
    Object.values(hashes.get(gate.run) ?? {}).some((value) => value === revision.hash),
  );
  const set: TreeNode = {
    kind: 'ReplicaSet',
    name: revision.replicaSet,
    mark: revision.ready < revision.desired ? 'run' : revision.desired === 0 ? 'off' : 'ok',
    status:
      revision.desired === 0 ? 'ScaledDown' : revision.ready < revision.desired ? 'Progressing' : 'Healthy',
    info: [
      ...(revision.role === 'older' ? [] : [revision.role]),
      ...(revision.desired === 0
        ? []
        : [`${revision.ready} of ${formatCount(revision.desired, 'pod')} ready`]),
    ],
    ...(revision.createdAt === null ? {} : { createdAt: revision.createdAt }),
    children: revision.pods.map(podNode),
  };
  return {
    kind: 'Revision',
    name: `revision ${revision.revision}`,
    mark: set.mark,
    status: '',
    info: [revision.image],
    children: [set, ...own.map(gateNode)],
  };
}

function podNode(pod: PodView): TreeNode {
  return {
    kind: 'Pod',
    name: pod.name,
    mark: pod.mark,
    status: pod.state,
    info: pod.restarts > 0 ? [formatCount(pod.restarts, 'restart')] : [],
    ...(pod.since === null ? {} : { createdAt: pod.since }),
    children: [],
  };
}

function gateNode(gate: GateView): TreeNode {
  return {
    kind: 'AnalysisRun',
    name: gate.run,
    mark: gate.mark,
    status: gate.phase,
    info: gate.metrics.map((metric) => metric.sentence),
    ...(gate.startedAt === null ? {} : { createdAt: gate.startedAt }),
    children: [],
  };
}

function created(timestamp: string | undefined): { readonly createdAt?: number } {
  const at = timestamp === undefined ? Number.NaN : Date.parse(timestamp);
  return Number.isNaN(at) ? {} : { createdAt: at };
}
