import { kinds } from '#api/kinds.js';
import { ociModel } from '#core/gitops/source/oci/oci-model.js';
import type { BlobVerifier, OciRegistry } from '#ports/oci-registry.js';
import type { ControllerDefinition } from '#runtime/controller/definition.js';
import { createSourceController, type SourceDeps } from '../source/index.js';
import { ociHands } from './hands.js';

export interface OciRepositoryDeps extends SourceDeps {
  readonly registry: OciRegistry;
  readonly blobs: BlobVerifier;
}

/** Turns artifacts of container registries into artifacts that Kustomizations read. */
export function createOciRepositoryController(deps: OciRepositoryDeps): ControllerDefinition {
  return createSourceController(deps, {
    name: 'oci-repository',
    kind: kinds.ociRepository,
    model: ociModel,
    hands: ociHands(deps),
  });
}
