import type { Rollout } from '#api/argoproj/rollout.js';
import { annotations, labels } from '#api/argoproj/words.js';
import { kinds, type Kind } from '#api/kinds.js';
import type { KubeObject, UnknownObject } from '#api/k8s/meta.js';
import { objectAt, textAt } from '#core/json/read.js';
import { marksOf, restoreWorkload } from '#core/rollout/workload-ref/marks.js';
import type { FindWorkload } from '#core/rollout/workload-ref/resolve.js';
import { namesWorkload, workloadKindOf, type Workload } from '#core/rollout/workload-ref/workload.js';
import { addMs, type Instant } from '#core/time/instant.js';
import type { Cache } from '#ports/cache.js';
import type { Clock } from '#ports/clock.js';
import type { DynamicWatches, DynamicWatchView } from '#ports/dynamic-watches.js';
import type { Kube } from '#ports/kube.js';
import type { ReconcileKey, Watch } from '#runtime/controller/definition.js';

/** A first list that takes longer will not come: the peer gives up after the same time. */
const syncTimeoutMs = 60_000;
const lookAgainMs = 1000;

/** Reads what `workloadRef` names. A kind is watched from the first Rollout on that names an object of it. */
export class Workloads {
  readonly #cache: Cache;
  readonly #clock: Clock;
  readonly #watches: DynamicWatches | undefined;
  readonly #askedAt = new Map<Kind, Instant>();

  constructor(cache: Cache, clock: Clock, watches: DynamicWatches | undefined) {
    this.#cache = cache;
    this.#clock = clock;
    this.#watches = watches;
  }

  /** When to look again, while the first list of what this Rollout needs is on its way; nothing is known until then. */
  notBefore(rollout: Rollout): Instant | undefined {
    const kind = kindNamedBy(rollout);
    if (kind === undefined || this.#watches === undefined) return undefined;
    const now = this.#clock.now();
    const isOpen = this.#viewsOf(kind).some((view) => !view.hasSynced());
    return isOpen && !this.#isOverdue(kind, now) ? addMs(now, lookAgainMs) : undefined;
  }

  finderFor({ metadata: { namespace = '' } }: Rollout): FindWorkload {
    return (kind, name) => {
      const [view] = this.#viewsOf(kind);
      if (view?.hasSynced() !== true) {
        const unknownBecause = `${kind.plural} cannot be read: no list of them came within a minute`;
        return { object: undefined, unknownBecause };
      }
      // The caller of the API names the type that the kind's schema guarantees.
      const object = view.get(namespace, name) as Workload | undefined;
      return { object, isAutoscaled: this.#isAutoscaled(kind, namespace, name) };
    };
  }

  #viewsOf(kind: Kind): readonly DynamicWatchView[] {
    if (this.#watches === undefined) return [];
    if (!this.#askedAt.has(kind)) this.#askedAt.set(kind, this.#clock.now());
    const view = this.#watches.ensure({
      controller: 'rollout',
      kind,
      keysOf: (object) => this.#referring(kind, object),
    });
    if (kind !== kinds.deployment) return [view];
    // What scales a Deployment must be known before somebody else does.
    const scalers = { controller: 'rollout', kind: kinds.horizontalPodAutoscaler, keysOf: () => [] };
    return [view, this.#watches.ensure(scalers)];
  }

  #isOverdue(kind: Kind, now: Instant): boolean {
    return now - (this.#askedAt.get(kind) ?? now) >= syncTimeoutMs;
  }

  #referring(kind: Kind, { metadata: { namespace = '', name } }: UnknownObject): readonly ReconcileKey[] {
    return this.#cache
      .list<Rollout>(kinds.rollout, { namespace })
      .filter((rollout) => namesWorkload(rollout, kind, name))
      .map((rollout) => ({ namespace, name: rollout.metadata.name }));
  }

  #isAutoscaled(kind: Kind, namespace: string, name: string): boolean {
    if (kind !== kinds.deployment) return false;
    return this.#cache.list(kinds.horizontalPodAutoscaler, { namespace }).some((autoscaler) => {
      const target = objectAt(objectAt(autoscaler, 'spec'), 'scaleTargetRef');
      return textAt(target, 'kind') === kind.kind && textAt(target, 'name') === name;
    });
  }
}

function kindNamedBy({ spec: { workloadRef } }: Rollout): Kind | undefined {
  return workloadRef === undefined ? undefined : workloadKindOf(workloadRef);
}

/** The Deployments that some Rollout scaled down: few, and no others are seen. They tell when their Rollout is gone. */
export const markedWorkloads: Watch = {
  kind: kinds.deployment,
  labelSelector: labels.scaledDown,
  project: sizeOnly,
  keysOf: (object) => {
    const by = object.metadata.annotations?.[annotations.scaledDownBy];
    const { namespace = '' } = object.metadata;
    return by === undefined ? [] : [{ namespace, name: by }];
  },
};

function sizeOnly(object: UnknownObject): KubeObject {
  const { apiVersion, kind, metadata } = object;
  const slim = { apiVersion, kind, metadata, spec: { replicas: objectAt(object, 'spec')['replicas'] } };
  return slim;
}

/** The Deployments that the Rollout of this name scaled down. */
export function workloadsMarkedBy(cache: Cache, namespace: string, rolloutName: string): readonly Workload[] {
  return cache
    .list<Workload>(kinds.deployment, { namespace, labels: { [labels.scaledDown]: 'true' } })
    .filter((workload) => marksOf(workload)?.by === rolloutName);
}

/** Gives Deployments back what they had before a Rollout scaled them down. */
export async function restoreWorkloads(kube: Kube, marked: readonly Workload[]): Promise<void> {
  for (const workload of marked) {
    const { target, to, metadata } = restoreWorkload(workload);
    const { uid, resourceVersion } = target;
    const { namespace = '' } = workload.metadata;
    const body = { metadata: { ...metadata, uid, resourceVersion }, spec: { replicas: to } };
    await kube.patch({ kind: kinds.deployment, namespace, name: target.name }, { type: 'merge', body });
  }
}
