import type { OciRepository } from '#api/flux/oci-repository.js';
import { fluxReasons as reasons } from '#api/flux/words.js';
import { directoriesAbove } from '#core/gitops/file-tree.js';
import { chooseTag, plainTagOf } from '#core/gitops/source/oci/oci-reference.js';
import type { OciSeen, OciTarget } from '#core/gitops/source/oci/oci-model.js';
import { ignoreRules } from '#core/gitops/source/ignore-rules.js';
import type { FetchedSource, SourceOutcome } from '#core/gitops/source/source-run.js';
import type { ArtifactStore, StoredArtifact } from '#ports/artifact-store.js';
import type { Kube } from '#ports/kube.js';
import type { BlobVerifier, OciAccess, OciLayer, OciRegistry } from '#ports/oci-registry.js';
import { attempt, failed } from '../source/attempt.js';
import { ownerOf } from '../source/execute.js';
import type { SourceHands } from '../source/hands.js';
import { readAccess } from './access.js';
import { verifySignature } from './verify.js';

export interface OciPorts {
  readonly kube: Kube;
  readonly registry: OciRegistry;
  readonly blobs: BlobVerifier;
  readonly artifacts: ArtifactStore;
}

/** What an OCIRepository does with the world. */
export function ociHands(ports: OciPorts): SourceHands<OciRepository, OciSeen, OciTarget> {
  return {
    look: (object) => withAccess(ports, object, (access) => look(ports.registry, object, access)),
    verify: (object, target) =>
      withAccess(ports, object, (access) => verifySignature(ports, object, target, access)),
    fetch: (object, target) =>
      withAccess(ports, object, (access) => fetchArtifact(ports, object, target, access)),
  };
}

async function look(
  registry: OciRegistry,
  { spec }: OciRepository,
  access: OciAccess,
): Promise<SourceOutcome<OciSeen>> {
  let tag = plainTagOf(spec.ref);
  if (tag === undefined) {
    const what = `failed to determine the artifact tag for '${spec.url}'`;
    const tags = await attempt(reasons.readOperationFailed, what, () => registry.listTags(access));
    if (!tags.ok) return tags;
    const chosen = chooseTag(spec, tags.value);
    if (!chosen.ok) return failed(reasons.readOperationFailed, `${what}: ${chosen.why}`);
    ({ tag } = chosen);
  }
  const named = tag;
  const digest = await attempt(reasons.ociArtifactPullFailed, 'failed to determine artifact digest', () =>
    registry.digestOf(access, named),
  );
  return digest.ok ? { ok: true, value: { tag, digest: digest.value } } : digest;
}

async function fetchArtifact(
  ports: OciPorts,
  object: OciRepository,
  { digest, revision }: OciTarget,
  access: OciAccess,
): Promise<SourceOutcome<FetchedSource>> {
  const { registry, artifacts } = ports;
  const pulling = `failed to pull artifact from '${object.spec.url}'`;
  const manifest = await attempt(reasons.ociArtifactPullFailed, pulling, () =>
    registry.manifest(access, digest),
  );
  if (!manifest.ok) return manifest;
  const { annotations, layers } = manifest.value;
  const layer = layerOf(object, layers);
  if (!layer.ok) return layer;
  const blob = await attempt(reasons.ociArtifactPullFailed, pulling, () =>
    registry.blob(access, layer.value),
  );
  if (!blob.ok) return blob;
  const stored = await store(ports, object, digest, blob.value);
  if (!stored.ok) return stored;
  const latestUrl = await artifacts.link(stored.value.path, 'latest.tar.gz');
  const metadata = Object.keys(annotations).length === 0 ? {} : { metadata: annotations };
  return { ok: true, value: { ...stored.value, ...metadata, revision, latestUrl } };
}

/** The first layer of the wanted media type, or the first of all. */
function layerOf({ spec }: OciRepository, layers: readonly OciLayer[]): SourceOutcome<OciLayer> {
  const mediaType = spec.layerSelector?.mediaType ?? '';
  if (layers.length === 0) return failed(reasons.ociLayerOperationFailed, 'no layers found in artifact');
  const layer = mediaType === '' ? layers[0] : layers.find((each) => each.mediaType === mediaType);
  if (layer !== undefined) return { ok: true, value: layer };
  const message = `failed to find layer with media type '${mediaType}' in artifact`;
  return failed(reasons.ociLayerOperationFailed, message);
}

async function store(
  { artifacts }: OciPorts,
  object: OciRepository,
  digest: string,
  blob: Uint8Array,
): Promise<SourceOutcome<StoredArtifact>> {
  const fileName = `${digest.replace(/^sha256:/, '')}.tar.gz`;
  const archiving = 'unable to archive artifact to storage';
  if (object.spec.layerSelector?.operation === 'copy') {
    return attempt(reasons.archiveOperationFailed, archiving, () =>
      artifacts.writeBytes(ownerOf(object), fileName, blob),
    );
  }
  const extracting = 'failed to extract layer contents from artifact';
  const tree = await attempt(reasons.ociLayerOperationFailed, extracting, () => artifacts.unpack(blob));
  if (!tree.ok) return tree;
  const isIgnored = ignoreRules(tree.value, object.spec.ignore);
  const kept = [...tree.value.values()].filter(({ path }) => !isIgnored(path));
  const directories = directoriesAbove(tree.value.keys()).filter((path) => !isIgnored(`${path}/`));
  return attempt(reasons.archiveOperationFailed, archiving, () =>
    artifacts.write(ownerOf(object), fileName, kept, directories),
  );
}

async function withAccess<T>(
  { kube }: OciPorts,
  object: OciRepository,
  work: (access: OciAccess) => Promise<SourceOutcome<T>>,
): Promise<SourceOutcome<T>> {
  const access = await readAccess(kube, object);
  return access.ok ? work(access.value) : access;
}
