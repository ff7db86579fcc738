import { annotations } from '#api/argoproj/words.js';
import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import { isPromoted } from '../course.js';
import { act, type Draft } from '../draft.js';
import { specReplicasOf, withHash, type Facts } from '../facts.js';
import type { CanarySettings } from '../spec/canary-settings.js';
import { scaleTo } from './scale.js';

/**
 * Sizes while a canary is held: its steps stand still, and the replicas that a person or an autoscaler asks for are
 * followed all the same, each ReplicaSet in the share that it has.
 */
export function followReplicas(facts: Facts, settings: CanarySettings, draft: Draft): Draft {
  const { newRS } = facts;
  const stable = withHash(facts, draft.course.stableHash);
  if (stable === undefined || isPromoted(draft.course)) {
    return newRS === undefined ? draft : act(draft, ...scaleTo(facts, newRS, share(facts, newRS, 'up')));
  }
  const stableSize = isWhole(settings) ? facts.replicas : share(facts, stable, 'up');
  const next = act(draft, ...scaleTo(facts, stable, stableSize));
  if (newRS === undefined) return next;
  return act(next, ...scaleTo(facts, newRS, canaryShare(facts, settings, newRS, stableSize)));
}

/** With a router and without dynamicStableScale the stable pods could always take the whole traffic. */
function isWhole({ routing, isDynamicStableScale }: CanarySettings): boolean {
  return routing !== undefined && !isDynamicStableScale;
}

function canaryShare(facts: Facts, settings: CanarySettings, newRS: ReplicaSet, stableSize: number): number {
  if (specReplicasOf(newRS) === 0 || facts.replicas === 0) return 0;
  if (settings.routing !== undefined) return Math.max(1, share(facts, newRS, 'up'));
  const most = Math.max(0, facts.replicas + settings.maxSurge - stableSize);
  return Math.min(most, Math.max(1, share(facts, newRS, 'down')));
}

/** The size in the proportion in which the Rollout's replicas changed since it was set. */
function share({ replicas }: Facts, rs: ReplicaSet, way: 'up' | 'down'): number {
  const size = specReplicasOf(rs);
  const noted = Number(rs.metadata.annotations?.[annotations.desiredReplicas] ?? replicas);
  if (noted === replicas || Number.isNaN(noted)) return size;
  if (noted === 0) return way === 'up' ? replicas : 0;
  const exact = (size * replicas) / noted;
  return way === 'up' ? Math.ceil(exact) : Math.floor(exact);
}
