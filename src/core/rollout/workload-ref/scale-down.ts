import { rolloutConditions } from '#api/argoproj/words.js';
import { kinds } from '#api/kinds.js';
import type { RolloutAction } from '../actions.js';
import { availableOf, type Facts } from '../facts.js';
import { findCondition } from '../status/conditions.js';
import { marksOf, replicasOf, scaleWorkload } from './marks.js';
import type { Workload } from './workload.js';

/** The side of the Rollout. */
interface OwnPods {
  /** Ready pods that get requests. */
  readonly readyPods: number;
  /** The Services select the Rollout's pods only, and every proxy knows. */
  readonly isCutOver: boolean;
}

/**
 * Takes the pods of the referenced Deployment away as `scaleDown` says. The peer does so for the first revision only;
 * here a Deployment that got pods again later (a manifest applied anew) loses them too.
 */
export function scaleDownWorkload(facts: Facts, own: OwnPods): readonly RolloutAction[] {
  const { workload } = facts.snapshot;
  const object = workload?.kind === kinds.deployment ? workload.object : undefined;
  const { spec, metadata } = facts.rollout;
  const isHeld = spec.paused === true || metadata.deletionTimestamp !== undefined;
  if (object === undefined || isHeld) return [];
  const to = wantedReplicas(facts, object, own);
  if (to === undefined || to === replicasOf(object)) return [];
  return [scaleWorkload(object, to, metadata.name)];
}

function wantedReplicas(facts: Facts, object: Workload, own: OwnPods): number | undefined {
  const mode = facts.rollout.spec.workloadRef?.scaleDown;
  // A Rollout without pods takes none away from the Deployment, or nobody would serve.
  if ((mode !== 'onsuccess' && mode !== 'progressively') || facts.replicas === 0) return undefined;
  if (isSettled(facts)) return 0;
  return mode === 'onsuccess' ? undefined : progressiveReplicas(facts, object, own);
}

/** The pass before found the current revision healthy, and its pods are still there. */
function isSettled(facts: Facts): boolean {
  const { old, newRS, newHash, replicas } = facts;
  return old.phase === 'Healthy' && old.stableRS === newHash && availableOf(newRS) >= replicas;
}

/** As many pods as the Rollout lacks: fewer as its pods get ready, and more again when they fail on the first way. */
function progressiveReplicas(facts: Facts, object: Workload, own: OwnPods): number | undefined {
  const missing = Math.max(0, facts.replicas - own.readyPods);
  const now = replicasOf(object);
  // The last pods leave when no proxy sends them anything any more.
  if (missing === 0) return own.isCutOver ? 0 : undefined;
  // An autoscaler would give back at once what is taken; it lets go of a Deployment without pods only.
  if (facts.snapshot.workload?.isAutoscaled === true) return undefined;
  if (missing < now) return own.readyPods > 0 ? missing : undefined;
  const marks = marksOf(object);
  const isOnFirstWay = facts.revision === 1 && !wasHealthy(facts);
  return isOnFirstWay && marks?.to === now ? Math.min(missing, marks.from) : undefined;
}

function wasHealthy({ old }: Facts): boolean {
  return findCondition(old.conditions, rolloutConditions.healthy) !== undefined;
}
