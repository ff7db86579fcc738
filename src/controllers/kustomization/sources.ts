import type { Artifact } from '#api/flux/git-repository.js';
import type { Kustomization } from '#api/flux/kustomization.js';
import { kinds, type Kind } from '#api/kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import type { ObservedSource } from '#core/gitops/kustomization/model/kustomization-snapshot.js';
import { objectAt, textAt } from '#core/json/read.js';
import type { Cache } from '#ports/cache.js';

const source = (kind: string, plural: string): Kind => ({ ...kinds.gitRepository, kind, plural });

/** Every kind that can be a source. Only GitRepositories are made here; the others may be written by somebody else. */
export const sourceKinds: readonly Kind[] = [
  kinds.gitRepository,
  source('OCIRepository', 'ocirepositories'),
  source('Bucket', 'buckets'),
  source('ExternalArtifact', 'externalartifacts'),
];

/** Which source a Kustomization names. */
export function sourceKeyOf({ spec, metadata }: Kustomization): {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
} {
  const { kind, name, namespace = metadata.namespace ?? '' } = spec.sourceRef;
  return { kind, name, namespace };
}

/** The source as it stands, with its artifact if it has one. */
export function observeSource(cache: Cache, object: Kustomization): ObservedSource {
  const { kind, namespace, name } = sourceKeyOf(object);
  const subject = `${kind}/${namespace}/${name}`;
  const known = sourceKinds.find((each) => each.kind === kind);
  const found = known === undefined ? undefined : cache.get(known, namespace, name);
  if (found === undefined) return { subject, isFound: false };
  const artifact = artifactOf(found);
  return { subject, isFound: true, ...(artifact === undefined ? {} : { artifact }) };
}

function artifactOf(found: KubeObject): Artifact | undefined {
  const artifact = objectAt(objectAt(found, 'status'), 'artifact');
  const [url, revision] = [textAt(artifact, 'url'), textAt(artifact, 'revision')];
  // What is typed here beyond the two is optional or checked where it is used.
  return url === undefined || revision === undefined ? undefined : (artifact as unknown as Artifact);
}
