import { labels } from '#api/argoproj/words.js';
import type { PodTemplateSpec, ReplicaSet } from '#api/k8s/core-kinds.js';
import { templatesEqualIgnoringDefaults } from '#core/pod-defaults/equal-templates.js';
import { addedMetadata } from './template.js';

/**
 * The ReplicaSet of a template: by its label, else by a template that means the same pods (so that sets which another
 * version or tool hashed differently, or to which the API server added its defaults, are taken over without a
 * redeploy). The oldest that fits wins.
 */
export function findNewReplicaSet(
  replicaSets: readonly ReplicaSet[],
  template: PodTemplateSpec,
  hash: string,
): ReplicaSet | undefined {
  const byLabel = replicaSets.find((rs) => rs.metadata.labels?.[labels.podTemplateHash] === hash);
  if (byLabel !== undefined) return byLabel;
  return replicaSets.find((rs) =>
    templatesEqualIgnoringDefaults(
      template,
      rs.spec.template ?? {},
      addedMetadata(rs.metadata.annotations ?? {}),
    ),
  );
}
