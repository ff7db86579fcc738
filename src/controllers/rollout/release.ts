import type { Rollout } from '#api/argoproj/rollout.js';
import { annotations, labels } from '#api/argoproj/words.js';
import type { Service } from '#api/k8s/core-kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { kinds, type Kind } from '#api/kinds.js';
import { controllerOf } from '#core/kube/object.js';
import { serviceNames } from '#core/rollout/owned-fields.js';
import type { Cache } from '#ports/cache.js';
import type { Kube } from '#ports/kube.js';
import type { TrafficProvider } from '#providers/contract.js';
import type { ReconcileKey } from '#runtime/controller/definition.js';
import type { ControllerDeps } from '#runtime/controller/deps.js';
import { managedServices } from './observe-services.js';
import { releasedTraffic } from './routers.js';
import { restoreWorkloads, workloadsMarkedBy } from './workloads.js';

/**
 * Takes back what a Rollout that is gone has left with others: Deployments get their pods, Services and destination
 * rules of the user select all pods again. A Rollout that this process merely does not see (it belongs to another
 * instance) keeps everything.
 */
export async function releaseAll(
  { cache, kube }: Pick<ControllerDeps, 'cache' | 'kube'>,
  key: ReconcileKey,
  providers: readonly TrafficProvider[],
  kindOf: (object: KubeObject) => Kind,
): Promise<void> {
  const { namespace = '', name } = key;
  const workloads = workloadsMarkedBy(cache, namespace, name);
  const released = releasedTraffic(cache, providers, { namespace, name, uid: '' }, undefined);
  const services = [...managedServices(cache, namespace, name), ...forsakenServices(cache, key)];
  if (workloads.length + released.length + services.length === 0) return;
  const rollout = await kube.get({ kind: kinds.rollout, namespace, name });
  if (rollout !== undefined && rollout.metadata.deletionTimestamp === undefined) return;
  await restoreWorkloads(kube, workloads);
  for (const { object } of released.flatMap(({ changes }) => changes)) {
    await kube.update(kindOf(object), object);
  }
  for (const service of services) await releaseService(kube, service);
}

/**
 * Services that lost the annotation before their Rollout went: they select a hash, no Rollout names them, and no other
 * Rollout has pods of that hash.
 */
function forsakenServices(cache: Cache, { namespace = '', name }: ReconcileKey): readonly Service[] {
  const unmanaged = cache
    .list<Service>(kinds.service, { namespace })
    .filter(
      ({ metadata, spec }) =>
        spec.selector?.[labels.podTemplateHash] !== undefined &&
        metadata.annotations?.[annotations.managedByRollouts] === undefined &&
        controllerOf({ metadata }) === undefined,
    );
  if (unmanaged.length === 0) return [];
  const named = new Set(cache.list<Rollout>(kinds.rollout, { namespace }).flatMap(serviceNames));
  const hashesOfOthers = new Set(
    cache
      .list(kinds.replicaSet, { namespace })
      .filter((rs) => ![name, undefined].includes(controllerOf(rs)?.name))
      .map(({ metadata }) => metadata.labels?.[labels.podTemplateHash]),
  );
  return unmanaged.filter(
    ({ metadata, spec }) =>
      !named.has(metadata.name) && !hashesOfOthers.has(spec.selector?.[labels.podTemplateHash]),
  );
}

async function releaseService(kube: Kube, { metadata }: Service): Promise<void> {
  const { namespace = '', name, uid, resourceVersion } = metadata;
  const body = {
    metadata: { uid, resourceVersion, annotations: { [annotations.managedByRollouts]: null } },
    spec: { selector: { [labels.podTemplateHash]: null } },
  };
  await kube.patch({ kind: kinds.service, namespace, name }, { type: 'merge', body });
}
