import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import { availableOf, othersThan, specReplicasOf, withHash, type Facts } from '../facts.js';
import type { CanarySettings } from '../spec/canary-settings.js';
import { basicLadder } from './basic-ladder.js';
import type { Split } from './basic-split.js';

/** The next sizes of a canary without a router on the way to a split, from what is observed now. */
export function basicSizes(facts: Facts, settings: CanarySettings, stableHash: string, target: Split): Split {
  const { newRS, replicas } = facts;
  const stable = withHash(facts, stableHash);
  const old = othersThan(facts, newRS, stable);
  const counts = (rs: ReplicaSet) => ({ spec: specReplicasOf(rs), available: availableOf(rs) });
  return basicLadder({
    replicas,
    maxSurge: settings.maxSurge,
    maxUnavailable: settings.maxUnavailable,
    canary: newRS === undefined ? undefined : counts(newRS),
    stable: stable === undefined || stable === newRS ? undefined : counts(stable),
    others: {
      spec: old.reduce((sum, rs) => sum + specReplicasOf(rs), 0),
      available: old.reduce((sum, rs) => sum + availableOf(rs), 0),
    },
    target,
  });
}
