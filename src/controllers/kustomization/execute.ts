import type { Kustomization } from '#api/flux/kustomization.js';
import { fluxFinalizer } from '#api/flux/words.js';
import { kinds, type Kind } from '#api/kinds.js';
import type { RunObservation } from '#core/gitops/kustomization/model/kustomization-run.js';
import type { KustomizationAction } from '#core/gitops/kustomization/model/kustomization-snapshot.js';
import type { Clock } from '#ports/clock.js';
import type { Kube } from '#ports/kube.js';
import { addFinalizer, removeFinalizer } from '#runtime/apply/finalizers.js';
import {
  applyObjects,
  dryRunObjects,
  inspectObjects,
  pruneObjects,
  type ApplyPorts,
} from './apply-objects.js';
import type { TargetCluster } from '#ports/target-clusters.js';
import { readTemplates } from './read-templates.js';
import { buildRevision, type BuildPorts } from './build-revision.js';
import { revertCommits, type RevertPorts } from './revert-commits.js';
import { isAccountGone, type TargetPorts } from './target.js';

export interface ExecutePorts extends RevertPorts {
  /** The cluster that the Kustomization itself is in. */
  readonly kube: Kube;
  readonly clock: Clock;
  readonly settings: TargetPorts['settings'] &
    BuildPorts['settings'] & { readonly overrideManagers: readonly string[] };
  /** Where and as whom objects are applied. */
  readonly openTarget: () => Promise<TargetCluster>;
}

async function targetOf({ openTarget, clock, settings }: ExecutePorts): Promise<ApplyPorts> {
  const { kube } = await openTarget();
  return { kube, clock, overrideManagers: settings.overrideManagers };
}

type Handler<A extends KustomizationAction> = (
  ports: ExecutePorts,
  object: Kustomization,
  action: A,
) => Promise<RunObservation | undefined>;

type Handlers = {
  readonly [K in KustomizationAction['kind']]: Handler<Extract<KustomizationAction, { readonly kind: K }>>;
};

const handlers = {
  addFinalizer: async ({ kube }, object) => {
    await addFinalizer(kube, kinds.kustomization, object, fluxFinalizer);
    return undefined;
  },
  removeFinalizer: async ({ kube }, object) => {
    await removeFinalizer(kube, kinds.kustomization, object, fluxFinalizer);
    return undefined;
  },
  buildRevision: async (ports, object, { artifact, known }) => ({
    kind: 'built',
    built: await buildRevision(ports, object, artifact, known),
    at: ports.clock.now(),
  }),
  inspectStage: async (ports, _object, { stage, objects }) => ({
    kind: 'inspected',
    stage,
    inspected: await inspectObjects((await targetOf(ports)).kube, objects),
  }),
  dryRunStage: async (ports, _object, { stage, payloads }) => {
    const merged = await dryRunObjects(await targetOf(ports), payloads);
    return merged === undefined ? { kind: 'stale', stage } : { kind: 'merged', stage, merged };
  },
  applyStage: async (ports, _object, { stage, payloads }) => {
    const { applied, isStale } = await applyObjects(await targetOf(ports), payloads);
    const { clock } = ports;
    return isStale ? { kind: 'stale', stage, applied } : { kind: 'applied', stage, applied, at: clock.now() };
  },
  pruneEntries: async (ports, object, { entries }) => {
    const isLast = object.metadata.deletionTimestamp !== undefined;
    if (isLast && (await isAccountGone(ports, object))) {
      return { kind: 'pruned', pruned: [], isAccountGone: true };
    }
    const { kube } = await targetOf(ports);
    return { kind: 'pruned', pruned: await pruneObjects(kube, object, entries) };
  },
  readTemplates: async ({ kube }, _object, { wanted, of }) => ({
    kind: 'templates',
    of,
    templates: await readTemplates(kube, wanted),
  }),
  revertCommits: async (ports, object, { wanted }) => ({
    kind: 'reverted',
    reverts: await revertCommits(ports, object, wanted),
  }),
  lookAgain: async (ports, _object, { objects }) => {
    const looked = await inspectObjects((await targetOf(ports)).kube, objects);
    const seen = looked.filter(({ problem }) => problem === undefined);
    return { kind: 'looked', looked: seen, at: ports.clock.now() };
  },
  resolveHealthKinds: async (ports, _object, { refs }) => {
    const { kube } = await targetOf(ports);
    const healthKinds: Record<string, Kind | null> = {};
    for (const { apiVersion, kind } of refs) {
      healthKinds[`${apiVersion}/${kind}`] = (await kube.resolve(apiVersion, kind)) ?? null;
    }
    return { kind: 'healthKinds', healthKinds };
  },
} satisfies Handlers;

/** Performs one action; what it saw or did comes back for the next pass. */
export function executeKustomizationAction(
  ports: ExecutePorts,
  object: Kustomization,
  action: KustomizationAction,
): Promise<RunObservation | undefined> {
  // The record is keyed by `kind`, so the handler found is the one for this action.
  const handler = handlers[action.kind] as Handler<KustomizationAction>;
  return handler(ports, object, action);
}
