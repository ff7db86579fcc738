import { labels } from '#api/argoproj/words.js';
import type { PodTemplateSpec, ReplicaSet } from '#api/k8s/core-kinds.js';
import { isEqual } from '#core/json/json.js';
import { podTemplateHash } from '#core/template-hash/template-hash.js';
import { plainTemplate } from './template.js';

/**
 * The ReplicaSet of a template: by its label, else by an equal template (so that sets which another version or tool
 * hashed differently are taken over without a redeploy). The oldest that fits wins.
 */
export function findNewReplicaSet(
  replicaSets: readonly ReplicaSet[],
  template: PodTemplateSpec,
  hash: string,
): ReplicaSet | undefined {
  const byLabel = replicaSets.find((rs) => rs.metadata.labels?.[labels.podTemplateHash] === hash);
  if (byLabel !== undefined) return byLabel;
  const wanted = plainTemplate(template);
  const wantedHash = podTemplateHash(wanted);
  return replicaSets.find((rs) => {
    const found = plainTemplate(rs.spec.template ?? {}, rs.metadata.annotations);
    return isEqual(found, wanted) || podTemplateHash(found) === wantedHash;
  });
}
