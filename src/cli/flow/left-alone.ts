import type { Rollout } from '#api/argoproj/rollout.js';
import type { Kustomization } from '#api/flux/kustomization.js';
import { kinds, type Kind } from '#api/kinds.js';
import type { KubeObject, UnknownObject } from '#api/k8s/meta.js';
import { observeLeases, observeRunning } from '#controllers/kustomization/leases.js';
import type { RunningLease } from '#core/gitops/kustomization/model/kustomization-snapshot.js';
import { withHolds } from '#core/gitops/on-abort/hold.js';
import { abortedIn, judge, type Templates } from '#core/gitops/on-abort/judge.js';
import { templateOf } from '#core/gitops/on-abort/workload.js';
import { subjectOf } from '#core/kube/object.js';
import type { OwnedField } from '#core/traffic/owned-field.js';
import { AppError } from '#ports/errors.js';
import type { Kube } from '#ports/kube.js';

/** What an apply would leave as it is, whatever the files say. */
export interface LeftAlone {
  /** The objects as they would be applied: those that are held with the pods of their last good revision. */
  readonly objects: readonly UnknownObject[];
  /** A sentence for each workload that stays held. */
  readonly holds: readonly string[];
  readonly leases: readonly OwnedField[];
  /** Those of releases that run now. */
  readonly running: readonly RunningLease[];
}

/** Leases of Rollouts and autoscalers, and holds, as they are in the cluster now; none of another cluster. */
export async function readLeftAlone(
  kube: Kube,
  kustomization: Kustomization,
  objects: readonly UnknownObject[],
): Promise<LeftAlone> {
  if (kustomization.spec.kubeConfig !== undefined) return { objects, holds: [], leases: [], running: [] };
  const spaces = [...new Set(objects.map(({ metadata }) => metadata.namespace ?? 'default'))];
  const rollouts = await listIn<Rollout>(kube, kinds.rollout, spaces);
  const known = new Map<Kind, readonly KubeObject[]>([
    [kinds.rollout, rollouts],
    [kinds.horizontalPodAutoscaler, await listIn(kube, kinds.horizontalPodAutoscaler, spaces)],
  ]);
  // Each list is of the kind that it was asked for.
  const cache = { list: <T extends KubeObject>(kind: Kind) => (known.get(kind) ?? []) as readonly T[] };
  const aborted = abortedIn(kustomization, rollouts, objects, '').filter(({ note }) => note !== undefined);
  const templates: Record<string, Templates[string]> = {};
  for (const { id, live, note } of aborted) {
    const template = live.spec.template ?? (await lentTemplate(kube, live));
    if (template !== undefined && note !== undefined) templates[id] = { [note.hash]: template };
  }
  const { holds } = judge(aborted, templates, '');
  return {
    objects: withHolds(objects, holds),
    holds: holds.map(
      ({ workload, note }) =>
        `${subjectOf(workload.rollout)}: stays at its last good revision ${note.hash}; ${note.revision} was aborted, and these files say the same of it`,
    ),
    leases: observeLeases(cache),
    running: observeRunning(cache),
  };
}

async function lentTemplate(kube: Kube, { spec, metadata }: Rollout): Promise<Rollout['spec']['template']> {
  const { apiVersion = '', kind = '', name = '' } = spec.workloadRef ?? {};
  const resolved = await kube.resolve(apiVersion, kind);
  if (resolved === undefined) return undefined;
  const { namespace = '' } = metadata;
  const lender = await kube.get({ kind: resolved, namespace, name });
  return lender === undefined ? undefined : templateOf(lender);
}

const unseen = ['KubeNotFound', 'KubeForbidden'];

async function listIn<T extends KubeObject>(
  kube: Kube,
  kind: Kind,
  spaces: readonly string[],
): Promise<readonly T[]> {
  const found: T[] = [];
  for (const namespace of spaces) {
    try {
      found.push(...(await kube.list<T>(kind, { namespace })).items);
    } catch (thrown) {
      // Whoever may not see them, or has none of their kind, is shown the rest.
      if (!(thrown instanceof AppError) || !unseen.includes(thrown.code)) throw thrown;
    }
  }
  return found;
}
