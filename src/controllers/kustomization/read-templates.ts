import { labels } from '#api/argoproj/words.js';
import type { PodTemplateSpec, ReplicaSet } from '#api/k8s/core-kinds.js';
import { kinds } from '#api/kinds.js';
import type { WantedTemplates } from '#core/gitops/kustomization/model/kustomization-snapshot.js';
import type { Templates } from '#core/gitops/on-abort/judge.js';
import { controllerOf } from '#core/kube/object.js';
import { plainTemplate } from '#core/rollout/replica-sets/template.js';
import type { Kube } from '#ports/kube.js';

/** The pod templates of ReplicaSets as their Rollouts had them; those that are gone are left out. */
export async function readTemplates(kube: Kube, wanted: readonly WantedTemplates[]): Promise<Templates> {
  const found: Record<string, Record<string, PodTemplateSpec>> = {};
  for (const { id, namespace, uid, hashes } of wanted) {
    const labelSelector = `${labels.podTemplateHash} in (${hashes.join(',')})`;
    const { items } = await kube.list<ReplicaSet>(kinds.replicaSet, { namespace, labelSelector });
    const own = items.filter((set) => controllerOf(set)?.uid === uid);
    found[id] = Object.fromEntries(
      own.map(({ metadata, spec }) => [
        metadata.labels?.[labels.podTemplateHash] ?? '',
        withoutNulls(plainTemplate(spec.template ?? {}, metadata.annotations)),
      ]),
    );
  }
  return found;
}

/** An API server writes `creationTimestamp: null` into templates, and refuses it when it is applied. */
function withoutNulls(template: PodTemplateSpec): PodTemplateSpec {
  // What is left out is absent as well: the type stays what it was.
  return JSON.parse(
    JSON.stringify(template),
    (_key, value: unknown) => value ?? undefined,
  ) as PodTemplateSpec;
}
