import type { Pod } from '#api/k8s/core-kinds.js';
import { parseInstant } from '#core/time/instant.js';
import { isReady, readySince, restartsOf } from '../pod-state.js';

const costAnnotation = 'controller.kubernetes.io/pod-deletion-cost';
const phaseRank: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

/**
 * The pods, those to delete first in front: not assigned, pending, not ready, cheap by annotation, ready for the
 * shortest time, restarted most, newest. The last word has the name, so that equal pods are told apart.
 */
export function byDeletionOrder(pods: readonly Pod[]): readonly Pod[] {
  return [...pods].sort(compare);
}

function compare(a: Pod, b: Pod): number {
  return (
    rank(a.spec.nodeName !== undefined) - rank(b.spec.nodeName !== undefined) ||
    phaseOf(a) - phaseOf(b) ||
    rank(isReady(a)) - rank(isReady(b)) ||
    costOf(a) - costOf(b) ||
    (readySince(b) ?? 0) - (readySince(a) ?? 0) ||
    restartsOf(b) - restartsOf(a) ||
    createdAt(b) - createdAt(a) ||
    (a.metadata.name < b.metadata.name ? -1 : 1)
  );
}

function rank(good: boolean): number {
  return good ? 1 : 0;
}

function phaseOf(pod: Pod): number {
  return phaseRank[pod.status?.phase ?? 'Pending'] ?? 0;
}

function costOf(pod: Pod): number {
  const cost = Number.parseInt(pod.metadata.annotations?.[costAnnotation] ?? '', 10);
  return Number.isNaN(cost) ? 0 : cost;
}

function createdAt(pod: Pod): number {
  return parseInstant(pod.metadata.creationTimestamp) ?? 0;
}
