import type { Kustomization } from '#api/flux/kustomization.js';
import { fluxFinalizer } from '#api/flux/words.js';
import { kinds, type Kind } from '#api/kinds.js';
import type { RunObservation } from '#core/gitops/kustomization/kustomization-run.js';
import type { KustomizationAction } from '#core/gitops/kustomization/kustomization-snapshot.js';
import type { Clock } from '#ports/clock.js';
import type { Kube } from '#ports/kube.js';
import { addFinalizer, removeFinalizer } from '#runtime/apply/finalizers.js';
import { applyObjects, dryRunObjects, inspectObjects, pruneObjects } from './apply-objects.js';
import { buildRevision, type BuildPorts } from './build-revision.js';

export interface ExecutePorts extends BuildPorts {
  readonly kube: Kube;
  readonly clock: Clock;
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
  buildRevision: async (ports, object, { artifact }) => ({
    kind: 'built',
    built: await buildRevision(ports, object, artifact),
    at: ports.clock.now(),
  }),
  inspectStage: async ({ kube }, _object, { stage, objects }) => ({
    kind: 'inspected',
    stage,
    inspected: await inspectObjects(kube, objects),
  }),
  dryRunStage: async ({ kube }, _object, { stage, payloads }) => {
    const merged = await dryRunObjects(kube, payloads);
    return merged === undefined ? { kind: 'stale', stage } : { kind: 'merged', stage, merged };
  },
  applyStage: async ({ kube, clock }, _object, { stage, payloads }) => ({
    kind: 'applied',
    stage,
    applied: await applyObjects(kube, payloads),
    at: clock.now(),
  }),
  pruneEntries: async ({ kube }, object, { entries }) => ({
    kind: 'pruned',
    pruned: await pruneObjects(kube, object, entries),
  }),
  resolveHealthKinds: async ({ kube }, _object, { refs }) => {
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
