import type { Kustomization } from '#api/flux/kustomization.js';
import { fluxKeys } from '#api/flux/words.js';
import { kinds } from '#api/kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { decideKustomization } from '#core/gitops/kustomization/decide-kustomization.js';
import {
  recordRunObservation,
  type KustomizationMemory,
} from '#core/gitops/kustomization/model/kustomization-run.js';
import { withRefusal } from '#core/gitops/refused.js';
import {
  defaultKustomizationSettings,
  type KustomizationSettings,
} from '#core/gitops/kustomization/model/kustomization-snapshot.js';
import type { ArtifactFetcher } from '#ports/artifact-store.js';
import type { Cache } from '#ports/cache.js';
import type { Renderer } from '#ports/renderer.js';
import type { Sops } from '#ports/sops.js';
import type { TargetCluster, TargetClusters } from '#ports/target-clusters.js';
import type { DynamicWatches } from '#ports/dynamic-watches.js';
import { writeStatusIfChanged } from '#runtime/apply/write-status.js';
import type {
  BackgroundWork,
  ControllerDefinition,
  ReconcileKey,
  ReconcileResult,
} from '#runtime/controller/definition.js';
import type { ControllerDeps } from '#runtime/controller/deps.js';
import { tellingRefusals } from '../refusal/telling.js';
import type { PluginConfiguration } from '../plugin/configuration.js';
import type { SecretPlace } from './decrypt.js';
import { executeKustomizationAction } from './execute.js';
import { observe } from './observe.js';
import type { RevertPorts } from './revert-commits.js';
import { openTarget } from './target.js';
import { Revisions } from './revisions.js';
import { sourceKeyOf, sourceKinds } from './sources.js';

export interface KustomizationDeps extends ControllerDeps {
  readonly watches: DynamicWatches;
  readonly fetcher: ArtifactFetcher;
  /** A kustomize binary; absent: plain manifests and the built-in generator. */
  readonly renderer?: Renderer;
  /** Another one, for what the built-in generator does not serve. */
  readonly fallback?: Renderer;
  /** Opens what SOPS has encrypted; absent: nothing is. */
  readonly sops?: Sops;
  /** Where the plugins of `sops` come from; their ConfigMap is watched. Absent: there are none. */
  readonly plugins?: Pick<PluginConfiguration, 'only'>;
  /** With identities of age for what the keys of a Kustomization do not open; absent: none. */
  readonly ageSecret?: SecretPlace;
  /** For impersonation and other clusters; absent: neither. */
  readonly clusters?: TargetClusters;
  /** Pushes reverts of commits whose release was aborted; absent: that is refused. */
  readonly reverts?: NonNullable<RevertPorts['reverts']>;
  readonly settings?: Partial<KustomizationSettings>;
}

/** Applies what artifacts of sources hold, keeps it so, and takes away what is no longer in them. */
export function createKustomizationController(deps: KustomizationDeps): ControllerDefinition {
  const memories = new Map<string, KustomizationMemory>();
  const settings = { ...defaultKustomizationSettings, ...deps.settings };
  const revisions = new Revisions(deps.fetcher, deps.clock);
  const ports = { ...deps, settings, dependencyMs: settings.dependencyMs, revisions, targets: new Map() };
  const definition: ControllerDefinition = {
    name: 'kustomization',
    workers: 4,
    watches: [
      {
        kind: kinds.kustomization,
        keysOf: (object, cache) => [keyOf(object), ...dependentsOf(object, cache)],
      },
      ...sourceKinds.map((kind) => ({
        kind,
        optional: kind !== kinds.gitRepository,
        keysOf: (object: KubeObject, cache: Cache) => usersOf(object, cache),
      })),
      { kind: kinds.rollout, optional: true, keysOf: ({ metadata }) => ownersOf(metadata) },
      { kind: kinds.horizontalPodAutoscaler, optional: true, keysOf: () => [] },
      // Read when a key service is asked; a change of it concerns no object by itself.
      ...(deps.plugins === undefined
        ? []
        : [{ kind: kinds.configMap, only: deps.plugins.only, optional: true, keysOf: () => [] }]),
    ],
    reconcile: (key) => reconcile(ports, memories, key),
    ...(deps.clusters === undefined ? {} : { background: keysOf(deps.clusters) }),
  };
  return tellingRefusals<Kustomization>(definition, deps, {
    kind: kinds.kustomization,
    needs: ({ spec: { sourceRef } }) => sourceKinds.filter(({ kind }) => kind === sourceRef.kind),
    refused: withRefusal,
    forget: (key) => void memories.delete(idOf(key)),
  });
}

interface Ports extends Omit<KustomizationDeps, 'settings' | 'fetcher'> {
  readonly settings: KustomizationSettings;
  readonly dependencyMs: number;
  readonly revisions: Revisions;
  /** Where the objects of each go, once it was opened. */
  readonly targets: Map<string, TargetCluster>;
}

/** A run takes a dozen steps; one that takes more has gone wrong and lets others go on. */
const mostSteps = 40;

/** What the watches in other clusters see. */
function keysOf(clusters: TargetClusters): BackgroundWork {
  return { subscribe: (enqueue) => clusters.subscribe(enqueue), settled: () => Promise.resolve() };
}

/** Step after step for as long as there is one to take now. */
async function reconcile(
  ports: Ports,
  memories: Map<string, KustomizationMemory>,
  key: ReconcileKey,
): Promise<ReconcileResult> {
  let result: ReconcileResult = {};
  for (let steps = 0; steps < mostSteps; steps += 1) {
    result = await step(ports, memories, key);
    if (result.requeueAt === undefined || result.requeueAt > ports.clock.now()) break;
  }
  return result;
}

async function step(
  ports: Ports,
  memories: Map<string, KustomizationMemory>,
  key: ReconcileKey,
): Promise<ReconcileResult> {
  const id = idOf(key);
  const object = ports.cache.get<Kustomization>(kinds.kustomization, key.namespace, key.name);
  if (object === undefined) {
    memories.delete(id);
    ports.targets.delete(id);
    return {};
  }
  const remote =
    object.spec.kubeConfig === undefined ? {} : { remote: ports.targets.get(id)?.watches ?? null };
  const decision = decideKustomization(observe({ ...ports, ...remote }, object, memories.get(id) ?? {}));
  let { memory } = decision;
  const open = async () => {
    const target = await openTarget(ports, object);
    ports.targets.set(id, target);
    return target;
  };
  for (const action of decision.actions) {
    const seen = await executeKustomizationAction({ ...ports, openTarget: open }, object, action);
    if (seen !== undefined) memory = recordRunObservation(memory, seen);
  }
  if (object.metadata.deletionTimestamp === undefined) {
    await writeStatusIfChanged(ports.kube, kinds.kustomization, object, decision.status);
  }
  ports.events.record(object, decision.events);
  memories.set(id, memory);
  ports.log.debug('decided', { object: `Kustomization/${id}`, because: decision.because });
  return decision.requeueAt === undefined ? {} : { requeueAt: decision.requeueAt };
}

function idOf({ namespace, name }: ReconcileKey): string {
  return `${namespace ?? ''}/${name}`;
}

function keyOf({ metadata: { name, namespace } }: KubeObject): ReconcileKey {
  return { name, ...(namespace === undefined ? {} : { namespace }) };
}

/** The Kustomizations that wait for this one. */
function dependentsOf({ metadata }: KubeObject, cache: Cache): readonly ReconcileKey[] {
  return cache
    .list<Kustomization>(kinds.kustomization)
    .filter(({ spec, metadata: own }) =>
      (spec.dependsOn ?? []).some(
        ({ name, namespace = own.namespace }) => name === metadata.name && namespace === metadata.namespace,
      ),
    )
    .map(keyOf);
}

/** The Kustomization that applied an object. */
function ownersOf({ labels }: KubeObject['metadata']): readonly ReconcileKey[] {
  const name = labels?.[fluxKeys.kustomizationName];
  const namespace = labels?.[fluxKeys.kustomizationNamespace];
  return name === undefined || namespace === undefined ? [] : [{ name, namespace }];
}

/** The Kustomizations that apply this source. */
function usersOf(source: KubeObject, cache: Cache): readonly ReconcileKey[] {
  return cache
    .list<Kustomization>(kinds.kustomization)
    .filter((object) => {
      const { kind, namespace, name } = sourceKeyOf(object);
      return kind === source.kind && name === source.metadata.name && namespace === source.metadata.namespace;
    })
    .map(keyOf);
}
