import type { Rollout } from '#api/argoproj/rollout.js';
import { annotations, labels } from '#api/argoproj/words.js';
import type { Pod, ReplicaSet } from '#api/k8s/core-kinds.js';
import { humanDuration } from '#core/time/human-duration.js';
import { parseInstant, type Instant } from '#core/time/instant.js';
import { ageSince } from './age.js';
import { podIcon, replicaSetIcon } from './icons.js';
import { byCreation, ownedBy, type InspectInput, type InspectNode } from './input.js';
import { podState } from './pod-state.js';

/** What a ReplicaSet is to its Rollout, in the order in which it is said. */
export type RoleTag = 'canary' | 'stable' | 'active' | 'preview' | 'ping' | 'pong';

/** A ReplicaSet with its pods, the oldest first. */
export function replicaSetNode(
  rs: ReplicaSet,
  input: InspectInput,
  tags: readonly RoleTag[] = [],
): InspectNode {
  const health = replicaSetHealth(rs);
  return {
    kind: 'ReplicaSet',
    name: rs.metadata.name,
    status: { icon: replicaSetIcon(health), text: health },
    age: ageSince(rs.metadata.creationTimestamp, input.now),
    info: [...inLineOrder(tags), ...delayOf(rs, input.now)],
    children: ownedBy(rs, input.pods)
      .toSorted(byCreation)
      .map((pod) => podNode(pod, input.now)),
  };
}

/** The roles of a ReplicaSet. A settled Rollout has no canary. */
export function roleTags(rollout: Rollout, rs: ReplicaSet): readonly RoleTag[] {
  const { strategy } = rollout.spec;
  const hash = rs.metadata.labels?.[labels.podTemplateHash] ?? '';
  if (hash === '') return [];
  const { stableRS, currentPodHash, blueGreen } = rollout.status ?? {};
  const isStable = stableRS === hash;
  if (strategy?.canary !== undefined) {
    if (!isStable && currentPodHash !== hash) return [];
    const role = isStable ? 'stable' : 'canary';
    if (strategy.canary.pingPong === undefined) return [role];
    const isPing = isStable === (rollout.status?.canary?.stablePingPong === 'ping');
    return [role, isPing ? 'ping' : 'pong'];
  }
  const stable: readonly RoleTag[] = isStable ? ['stable'] : [];
  if (blueGreen?.activeSelector === hash) return [...stable, 'active'];
  return blueGreen?.previewSelector === hash ? [...stable, 'preview'] : stable;
}

/** `Healthy`, `Progressing`, `ScaledDown` or `ReplicaFailure`. */
function replicaSetHealth(rs: ReplicaSet): string {
  const { status, spec, metadata } = rs;
  if ((metadata.generation ?? 0) > (status?.observedGeneration ?? 0)) return 'Progressing';
  const failure = status?.conditions?.find((condition) => condition.type === 'ReplicaFailure');
  if (failure?.status === 'True') return 'ReplicaFailure';
  const desired = spec.replicas ?? 1;
  if ((status?.availableReplicas ?? 0) < desired) return 'Progressing';
  return desired === 0 ? 'ScaledDown' : 'Healthy';
}

function inLineOrder(tags: readonly RoleTag[]): readonly string[] {
  const order: readonly RoleTag[] = ['stable', 'canary', 'active', 'preview', 'ping', 'pong'];
  return order.filter((tag) => tags.includes(tag));
}

function delayOf(rs: ReplicaSet, now: Instant): readonly string[] {
  const deadline = parseInstant(rs.metadata.annotations?.[annotations.scaleDownDeadline]);
  if (deadline === undefined) return [];
  return [`delay:${deadline < now ? 'passed' : humanDuration(deadline - now)}`];
}

function podNode(pod: Pod, now: Instant): InspectNode {
  const { reason, ready, containers, restarts } = podState(pod);
  return {
    kind: 'Pod',
    name: pod.metadata.name,
    status: { icon: podIcon(reason), text: reason },
    age: ageSince(pod.metadata.creationTimestamp, now),
    info: [`ready:${ready}/${containers}`, ...(restarts > 0 ? [`restarts:${restarts}`] : [])],
    children: [],
  };
}
