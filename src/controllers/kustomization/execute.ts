import type { Kustomization } from '#api/flux/kustomization.js';
import { fluxFinalizer } from '#api/flux/words.js';
import { kinds, type Kind } from '#api/kinds.js';
import type { RunObservation } from '#core/gitops/kustomization/kustomization-run.js';
import type { KustomizationAction } from '#core/gitops/kustomization/kustomization-snapshot.js';
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
import { buildRevision, type BuildPorts } from './build-revision.js';

export interface ExecutePorts extends BuildPorts {
  /** The cluster that the Kustomization itself is in. */
  readonly kube: Kube;
  readonly clock: Clock;
  /** Where and as whom objects are applied. */
  readonly target: ApplyPorts;
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
  inspectStage: async ({ target }, _object, { stage, objects }) => ({
    kind: 'inspected',
    stage,
    inspected: await inspectObjects(target.kube, objects),
  }),
  dryRunStage: async ({ target }, _object, { stage, payloads }) => {
    const merged = await dryRunObjects(target, payloads);
    return merged === undefined ? { kind: 'stale', stage } : { kind: 'merged', stage, merged };
  },
  applyStage: async ({ target, clock }, _object, { stage, payloads }) => {
    const { applied, isStale } = await applyObjects(target, payloads);
    return isStale ? { kind: 'stale', stage, applied } : { kind: 'applied', stage, applied, at: clock.now() };
  },
  pruneEntries: async ({ target }, object, { entries }) => ({
    kind: 'pruned',
    pruned: await pruneObjects(target.kube, object, entries),
  }),
  resolveHealthKinds: async ({ target: { kube } }, _object, { refs }) => {
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
