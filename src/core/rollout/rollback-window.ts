import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import type { Facts } from './facts.js';

/** Whether the new ReplicaSet is an old one, and recent enough to go back to without any step. */
export function isInRollbackWindow(facts: Facts, stable: ReplicaSet | undefined): boolean {
  const revisions = facts.rollout.spec.rollbackWindow?.revisions ?? 0;
  const { newRS } = facts;
  if (revisions <= 0 || newRS === undefined || stable === undefined || newRS === stable) return false;
  const created = (rs: ReplicaSet) => rs.metadata.creationTimestamp ?? '';
  if (created(newRS) >= created(stable)) return false;
  const between = facts.all.filter((rs) => created(rs) > created(newRS) && created(rs) < created(stable));
  return between.length < revisions;
}
