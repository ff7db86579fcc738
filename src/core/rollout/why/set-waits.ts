import { rolloutConditions } from '#api/argoproj/words.js';
import type { Wait } from '#core/decision/decision.js';
import { findCondition } from '#core/kube/conditions.js';
import { subjectOf } from '#core/kube/object.js';
import { parseInstant } from '#core/time/instant.js';
import type { Facts } from '../facts.js';

/** ReplicaSets that may not create their pods: a quota, a policy, a missing service account. */
export function setWaits(facts: Facts): readonly Wait[] {
  return facts.all.flatMap((rs) => {
    const failure = findCondition(rs.status?.conditions, rolloutConditions.replicaFailure);
    if (failure?.status !== 'True') return [];
    const since = parseInstant(failure.lastTransitionTime);
    const message = failure.message ?? '';
    const isQuota = message.includes('exceeded quota');
    return [
      {
        what: `pods of ReplicaSet ${rs.metadata.name} are refused: ${message}`,
        object: subjectOf({ kind: 'ReplicaSet', metadata: rs.metadata }),
        ...(since === undefined ? {} : { since }),
        unblockedBy: isQuota ? 'the quota of the namespace' : "the user's manifest or the cluster's rules",
        reason: isQuota ? 'ExceededQuota' : (failure.reason ?? rolloutConditions.replicaFailure),
      },
    ];
  });
}
