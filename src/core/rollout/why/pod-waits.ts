import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import type { Wait } from '#core/decision/decision.js';
import { findCondition } from '#core/kube/conditions.js';
import { controllerOf, subjectOf } from '#core/kube/object.js';
import { parseInstant } from '#core/time/instant.js';
import { specReplicasOf, type Facts } from '../facts.js';
import type { PodView } from '../snapshot.js';
import type { ContainerTrouble } from './pod-trouble.js';

/** What is wrong with one pod, in words that stay the same while it lasts. */
interface Trouble {
  readonly reason: string;
  readonly what: string;
  readonly unblockedBy: string;
}

/** What keeps pods of the release from being ready. Pods of a ReplicaSet with the same trouble are told of together. */
export function podWaits(facts: Facts): readonly Wait[] {
  return facts.all.filter((rs) => specReplicasOf(rs) > 0).flatMap((rs) => waitsOfSet(facts, rs));
}

function waitsOfSet(facts: Facts, rs: ReplicaSet): readonly Wait[] {
  const pods = facts.snapshot.pods
    .filter(({ metadata }) => controllerOf({ metadata })?.uid === rs.metadata.uid)
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .toSorted(oldestFirst);
  const groups = new Map<string, { readonly trouble: Trouble; readonly pods: PodView[] }>();
  for (const pod of pods) {
    const trouble = troubleOf(pod);
    if (trouble === undefined) continue;
    const id = `${trouble.reason} ${trouble.what}`;
    const group = groups.get(id) ?? { trouble, pods: [] };
    group.pods.push(pod);
    groups.set(id, group);
  }
  return [...groups.values()].map((group) => waitFor(rs, group.trouble, group.pods));
}

function oldestFirst(a: PodView, b: PodView): number {
  const created = (pod: PodView) => pod.metadata.creationTimestamp ?? '';
  return created(a).localeCompare(created(b)) || a.metadata.name.localeCompare(b.metadata.name);
}

function waitFor(rs: ReplicaSet, trouble: Trouble, pods: readonly PodView[]): Wait {
  const [first] = pods;
  const since = parseInstant(first === undefined ? undefined : unreadySince(first));
  const who = pods.length === 1 ? 'a pod' : `${pods.length} pods`;
  return {
    what: `${who} of ReplicaSet ${rs.metadata.name}: ${trouble.what}`,
    ...(first === undefined ? {} : { object: subjectOf({ kind: 'Pod', metadata: first.metadata }) }),
    ...(since === undefined ? {} : { since }),
    unblockedBy: trouble.unblockedBy,
    reason: trouble.reason,
  };
}

/** Since when the pod has not been ready. A pod that was never scheduled has no other condition. */
function unreadySince({ metadata, status }: PodView): string | undefined {
  const ready =
    findCondition(status?.conditions, 'Ready') ?? findCondition(status?.conditions, 'PodScheduled');
  return ready?.lastTransitionTime ?? metadata.creationTimestamp;
}

function troubleOf({ status }: PodView): Trouble | undefined {
  const scheduled = findCondition(status?.conditions, 'PodScheduled');
  if (scheduled?.status === 'False') {
    const why = scheduled.message === undefined ? '' : `: ${scheduled.message}`;
    return {
      reason: scheduled.reason ?? 'Unschedulable',
      what: `cannot be scheduled${why}`,
      unblockedBy: 'the nodes of the cluster',
    };
  }
  for (const container of status?.containerStatuses ?? []) {
    const trouble = containerTrouble(container);
    if (trouble !== undefined) return trouble;
  }
  return undefined;
}

/** Words that alternate while an image is pulled again and again. */
const pulling: readonly string[] = ['ErrImagePull', 'ImagePullBackOff', 'RegistryUnavailable'];
/** Nothing is wrong yet. */
const starting: readonly string[] = ['ContainerCreating', 'PodInitializing'];

const manifest = "the user's manifest";

function containerTrouble({ name, image, state, lastState }: ContainerTrouble): Trouble | undefined {
  const waiting = state.waiting;
  if (waiting !== undefined && pulling.includes(waiting.reason)) {
    return {
      reason: 'ImagePullBackOff',
      what: `image ${JSON.stringify(image)} of container ${name} cannot be pulled`,
      unblockedBy: `${manifest} or the registry`,
    };
  }
  const last = lastState.terminated;
  const isCrashing = last !== undefined && (last.exitCode !== 0 || waiting?.reason === 'CrashLoopBackOff');
  if (isCrashing) {
    const why = last.reason === '' || last.reason === 'Error' ? '' : `, ${last.reason}`;
    return {
      reason: 'CrashLoopBackOff',
      what: `container ${name} keeps ending (exit code ${last.exitCode}${why})`,
      unblockedBy: manifest,
    };
  }
  if (waiting === undefined || starting.includes(waiting.reason)) return undefined;
  const detail = waiting.message === '' ? '' : `: ${waiting.message}`;
  return {
    reason: waiting.reason,
    what: `container ${name} cannot start${detail}`,
    unblockedBy: manifest,
  };
}
