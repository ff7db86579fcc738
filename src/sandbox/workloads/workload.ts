import type { Kind } from '#api/kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { controllerOf } from '#core/kube/object.js';
import type { Instant } from '#core/time/instant.js';
import type { Cache } from '#ports/cache.js';
import type { Clock } from '#ports/clock.js';
import type { EventRecorder } from '#ports/event-recorder.js';
import type { Kube } from '#ports/kube.js';
import { writeStatusIfChanged } from '#runtime/apply/write-status.js';
import type { ControllerDefinition, ReconcileKey, Watch } from '#runtime/controller/definition.js';
import { executeActions, type WorkloadDecision } from './action.js';

/** What the cluster's own controllers are given. */
export interface WorkloadDeps {
  readonly cache: Cache;
  readonly kube: Kube;
  readonly clock: Clock;
  readonly events: EventRecorder;
}

/** A controller of the cluster: what it sees of one object, and what it wants. */
export interface Workload<O extends KubeObject & { readonly status?: unknown }, S> {
  readonly name: string;
  readonly kind: Kind;
  readonly watches: readonly Watch[];
  /** The snapshot to decide on. Only called while the object exists. */
  observe(object: O, cache: Cache, now: Instant): S;
  decide(snapshot: S): WorkloadDecision<O['status']>;
}

/** The definition that observes, decides and executes. */
export function defineWorkload<O extends KubeObject & { readonly status?: unknown }, S>(
  workload: Workload<O, S>,
  deps: WorkloadDeps,
): ControllerDefinition {
  return {
    name: workload.name,
    watches: workload.watches,
    reconcile: async (key) => {
      const object = deps.cache.get<O>(workload.kind, key.namespace, key.name);
      if (object === undefined) return {};
      const decision = workload.decide(workload.observe(object, deps.cache, deps.clock.now()));
      await executeActions(deps.kube, decision.actions);
      if (decision.status !== undefined) {
        await writeStatusIfChanged(deps.kube, workload.kind, object, decision.status, {
          precondition: 'uid',
        });
      }
      if (decision.events !== undefined) deps.events.record(object, decision.events);
      return decision.requeueAt === undefined ? {} : { requeueAt: decision.requeueAt };
    },
  };
}

/** A watch whose changes concern the object itself. */
export function watchSelf(kind: Kind): Watch {
  return { kind, keysOf: (object) => [keyOfObject(object)] };
}

/** A watch whose changes concern the controller owner, when that is of kind `owner`. */
export function watchOwned(kind: Kind, owner: Kind): Watch {
  return {
    kind,
    keysOf: (object) => {
      const reference = controllerOf(object);
      if (reference === undefined || reference.kind !== owner.kind) return [];
      return [keyIn(object.metadata.namespace, reference.name)];
    },
  };
}

export function keyOfObject(object: KubeObject): ReconcileKey {
  return keyIn(object.metadata.namespace, object.metadata.name);
}

function keyIn(namespace: string | undefined, name: string): ReconcileKey {
  return namespace === undefined ? { name } : { namespace, name };
}
