import { apiVersionOf, type Kind } from '#api/kinds.js';
import type { KubeObject, OwnerReference } from '#api/k8s/meta.js';
import type { EventRecord } from '#core/decision/decision.js';
import type { Instant } from '#core/time/instant.js';
import { AppError } from '#ports/errors.js';
import type { Kube, NewObject, ObjectKey } from '#ports/kube.js';

/** What a workload controller may do to the cluster. Writes carry the uid and version that they were decided on. */
export type WorkloadAction =
  | { readonly kind: 'createObject'; readonly of: Kind; readonly object: NewObject<KubeObject> }
  | {
      readonly kind: 'patchObject';
      readonly of: Kind;
      readonly object: KubeObject;
      /** JSON merge patch. */
      readonly patch: Readonly<Record<string, unknown>>;
    }
  | {
      readonly kind: 'deleteObject';
      readonly of: Kind;
      readonly object: KubeObject;
      readonly gracePeriodSeconds?: number;
    };

/** What one pass of a workload controller wants; see core's Decision, of which this is the small form. */
export interface WorkloadDecision<S = unknown> {
  readonly actions: readonly WorkloadAction[];
  /** The complete next status; `undefined` for kinds without one. */
  readonly status?: S;
  readonly events?: readonly EventRecord[];
  readonly requeueAt?: Instant;
}

/** Does the actions in order. What is gone already or there already is not an error: the next pass sees it. */
export async function executeActions(kube: Kube, actions: readonly WorkloadAction[]): Promise<void> {
  for (const action of actions) {
    try {
      await executeAction(kube, action);
    } catch (thrown) {
      // A level-triggered pass only wanted it to be so.
      if (!(thrown instanceof AppError) || thrown.code !== 'KubeNotFound') throw thrown;
    }
  }
}

async function executeAction(kube: Kube, action: WorkloadAction): Promise<void> {
  const options = { fieldManager: 'kube-controller-manager' };
  switch (action.kind) {
    case 'createObject':
      await kube.create(action.of, action.object, options);
      return;
    case 'patchObject': {
      const { uid, resourceVersion } = action.object.metadata;
      const metadata = { ...metadataOf(action.patch), uid, resourceVersion };
      const patch = { type: 'merge', body: { ...action.patch, metadata } } as const;
      await kube.patch(keyOf(action.of, action.object), patch, options);
      return;
    }
    case 'deleteObject': {
      const { uid } = action.object.metadata;
      await kube.delete(keyOf(action.of, action.object), {
        ...(uid === undefined ? {} : { uid }),
        ...(action.gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds: action.gracePeriodSeconds }),
        propagationPolicy: 'Background',
      });
    }
  }
}

/** The key of an object of a known kind. */
function keyOf(kind: Kind, object: KubeObject): ObjectKey {
  const { namespace, name } = object.metadata;
  return { kind, name, ...(kind.namespaced && namespace !== undefined ? { namespace } : {}) };
}

/** The reference that makes `owner` the controller of what carries it. */
export function controllerReference(kind: Kind, owner: KubeObject): OwnerReference {
  return {
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  };
}

function metadataOf(patch: Readonly<Record<string, unknown>>): object {
  return typeof patch.metadata === 'object' && patch.metadata !== null ? patch.metadata : {};
}
