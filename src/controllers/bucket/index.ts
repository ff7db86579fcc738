import { kinds } from '#api/kinds.js';
import { bucketModel } from '#core/gitops/source/bucket/bucket-model.js';
import type { ObjectStore } from '#ports/object-store.js';
import type { ControllerDefinition } from '#runtime/controller/definition.js';
import { createSourceController, type SourceDeps } from '../source/index.js';
import { bucketHands } from './hands.js';

export interface BucketDeps extends SourceDeps {
  readonly store: ObjectStore;
}

/** Turns the objects of buckets into artifacts that Kustomizations read. */
export function createBucketController(deps: BucketDeps): ControllerDefinition {
  return createSourceController(deps, {
    name: 'bucket',
    kind: kinds.bucket,
    model: bucketModel,
    hands: bucketHands(deps),
  });
}
