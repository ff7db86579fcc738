import type { Rollout } from '#api/argoproj/rollout.js';
import type { Kustomization } from '#api/flux/kustomization.js';
import { namedInputs } from '#core/gitops/kustomization/model/kustomization-spec.js';
import { fluxKeys } from '#api/flux/words.js';
import { kinds, type Kind } from '#api/kinds.js';
import { inventoryId, parseInventoryEntry } from '#core/gitops/apply/inventory.js';
import type { KustomizationMemory } from '#core/gitops/kustomization/model/kustomization-run.js';
import type {
  KustomizationSettings,
  KustomizationSnapshot,
  WatchedObject,
} from '#core/gitops/kustomization/model/kustomization-snapshot.js';
import type { Cache } from '#ports/cache.js';
import type { Clock } from '#ports/clock.js';
import type { DynamicWatches } from '#ports/dynamic-watches.js';
import type { TargetCluster } from '#ports/target-clusters.js';
import { observeLeases, observeRunning } from './leases.js';
import { observeSource } from './sources.js';
import { watchedPods } from './workload-pods.js';

export interface ObservePorts {
  readonly cache: Cache;
  readonly clock: Clock;
  readonly watches: DynamicWatches;
  /** The watches of the cluster that the objects are in, when that is another one; `null` while it is not known yet. */
  readonly remote?: TargetCluster['watches'] | null;
  readonly settings: KustomizationSettings;
}

/** Everything that is decided on, from caches alone. */
export function observe(
  ports: ObservePorts,
  object: Kustomization,
  memory: KustomizationMemory,
): KustomizationSnapshot {
  const watched = new Map([...watchedManaged(ports, memory), ...watchedChecks(ports, object, memory)]);
  return {
    now: ports.clock.now(),
    object,
    memory,
    source: observeSource(ports.cache, object),
    dependencies: (object.spec.dependsOn ?? []).map(
      ({ name, namespace = object.metadata.namespace ?? '' }) => {
        const found = ports.cache.get<Kustomization>(kinds.kustomization, namespace, name);
        return { name, namespace, ...(found === undefined ? {} : { object: found }) };
      },
    ),
    inputs: watchedInputs(ports, object),
    leases: object.spec.kubeConfig === undefined ? observeLeases(ports.cache) : [],
    running: object.spec.kubeConfig === undefined ? observeRunning(ports.cache) : [],
    rollouts: object.spec.kubeConfig === undefined ? appliedRollouts(ports.cache, object) : [],
    watched,
    pods: watchedPods(targetWatches(ports), ports.cache, memory, watched),
    settings: ports.settings,
  };
}

/** The Rollouts that carry the labels of ownership. */
function appliedRollouts(cache: Cache, { metadata }: Kustomization): readonly Rollout[] {
  return cache.list<Rollout>(kinds.rollout).filter((rollout) => {
    const { labels } = rollout.metadata;
    const isNamed = labels?.[fluxKeys.kustomizationName] === metadata.name;
    return isNamed && labels[fluxKeys.kustomizationNamespace] === metadata.namespace;
  });
}

type Entry = readonly [id: string, seen: WatchedObject];

/** Versions of ConfigMaps and Secrets that the spec names, and that carry the label which asks for being watched. */
function watchedInputs(
  { watches, cache }: ObservePorts,
  { spec, metadata }: Kustomization,
): readonly string[] {
  return namedInputs(spec).flatMap(({ kind, name }) => {
    const view = watches.ensure({
      controller: 'kustomization',
      kind: kind === 'Secret' ? kinds.secret : kinds.configMap,
      labelSelector: `${fluxKeys.watch}=Enabled`,
      metadataOnly: true,
      keysOf: (input) => usersOf(cache, kind, input.metadata),
    });
    const version = view.get(metadata.namespace, name)?.metadata.resourceVersion;
    return version === undefined ? [] : [`${kind}/${name}@${version}`];
  });
}

/** The Kustomizations that name a ConfigMap or a Secret. */
function usersOf(cache: Cache, kind: string, { name, namespace }: { name: string; namespace?: string }) {
  return cache
    .list<Kustomization>(kinds.kustomization, namespace === undefined ? {} : { namespace })
    .filter(({ spec }) => namedInputs(spec).some((input) => input.kind === kind && input.name === name))
    .map(({ metadata }) => ({ name: metadata.name, namespace: metadata.namespace ?? '' }));
}

function targetWatches({ watches, remote }: ObservePorts): DynamicWatches | undefined {
  return remote === undefined ? watches : (remote ?? undefined);
}

/** What was applied by the last run or is by this one: watched by the label of ownership. */
function watchedManaged(ports: ObservePorts, { run, managed = [] }: KustomizationMemory): readonly Entry[] {
  const ofRun = (run?.stages ?? []).flatMap(({ inspected = [] }) =>
    inspected.flatMap(({ id, kind }) => (kind === undefined ? [] : [{ id, kind }])),
  );
  const watches = targetWatches(ports);
  if (watches === undefined) return [];
  return [...managed, ...ofRun].flatMap(({ id, kind }) => {
    const view = watches.ensure({
      controller: 'kustomization',
      kind,
      labelSelector: fluxKeys.kustomizationName,
      keysOf: ({ metadata: { labels } }) => {
        const name = labels?.[fluxKeys.kustomizationName];
        const namespace = labels?.[fluxKeys.kustomizationNamespace];
        return name === undefined || namespace === undefined ? [] : [{ name, namespace }];
      },
    });
    const ref = parseInventoryEntry({ id, v: kind.version });
    if (!view.hasSynced() || ref === undefined) return [];
    const found = view.get(ref.namespace, ref.name);
    return [[id, found === undefined ? {} : { object: found }] as const];
  });
}

/** What `spec.healthChecks` names, which may be objects of others: their kinds are watched without a filter. */
function watchedChecks(
  ports: ObservePorts,
  { spec, metadata }: Kustomization,
  { run }: KustomizationMemory,
): readonly Entry[] {
  const healthKinds = run?.healthKinds;
  const { cache } = ports;
  const watches = targetWatches(ports);
  if (healthKinds === undefined || watches === undefined) return [];
  return (spec.healthChecks ?? []).flatMap(({ apiVersion = 'apps/v1', kind: kindName, name, namespace }) => {
    const kind = healthKinds[`${apiVersion}/${kindName}`];
    const place = namespace === undefined ? { name } : { name, namespace };
    const id = inventoryId({ apiVersion, kind: kindName, metadata: place });
    if (kind === null || kind === undefined) return [[id, {}] as const];
    const view = watches.ensure({
      controller: 'kustomization',
      kind,
      keysOf: (object) => checkersOf(cache, kind, object.metadata),
    });
    if (!view.hasSynced()) return [];
    const found = view.get(kind.namespaced ? (namespace ?? metadata.namespace) : undefined, name);
    return [[id, found === undefined ? {} : { object: found }] as const];
  });
}

/** The Kustomizations that check the health of an object. */
function checkersOf(cache: Cache, kind: Kind, { name, namespace }: { name: string; namespace?: string }) {
  return cache
    .list<Kustomization>(kinds.kustomization)
    .filter(({ spec }) =>
      (spec.healthChecks ?? []).some(
        (check) =>
          check.kind === kind.kind && check.name === name && (check.namespace ?? namespace) === namespace,
      ),
    )
    .map(({ metadata }) => ({ name: metadata.name, namespace: metadata.namespace ?? '' }));
}
