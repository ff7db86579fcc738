import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { Rollout } from '#api/argoproj/rollout.js';
import type { Pod, ReplicaSet } from '#api/k8s/core-kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { kinds } from '#api/kinds.js';
import { controllerOf } from '#core/kube/object.js';
import type { Instant } from '#core/time/instant.js';
import { viewInputOf, type ViewInput } from '#core/view/view-input.js';
import type { Kube } from '#ports/kube.js';

export const shopNamespace = 'shop';
export const shopRollouts = ['storefront', 'checkout'] as const;
type ShopRollout = (typeof shopRollouts)[number];

/** What is seen of the demo's cluster at one moment. */
export interface Scene {
  readonly now: Instant;
  readonly views: Readonly<Partial<Record<ShopRollout, ViewInput>>>;
  readonly kustomization: UnknownObject | undefined;
}

/** Reads the demo's namespace from the embedded cluster. */
export async function readScene(kube: Kube, now: Instant): Promise<Scene> {
  const at = { namespace: shopNamespace };
  const [rollouts, sets, pods, runs, kustomization] = await Promise.all([
    kube.list<Rollout>(kinds.rollout, at),
    kube.list<ReplicaSet>(kinds.replicaSet, at),
    kube.list<Pod>(kinds.pod, at),
    kube.list<AnalysisRun>(kinds.analysisRun, at),
    kube.get({ kind: kinds.kustomization, namespace: 'default', name: 'shop' }),
  ]);
  const views: Partial<Record<ShopRollout, ViewInput>> = {};
  for (const name of shopRollouts) {
    const rollout = rollouts.items.find((item) => item.metadata.name === name);
    if (rollout === undefined) continue;
    const replicaSets = sets.items.filter((set) => controllerOf(set)?.uid === rollout.metadata.uid);
    const uids = new Set(replicaSets.map((set) => set.metadata.uid));
    views[name] = viewInputOf({
      rollout,
      replicaSets,
      pods: pods.items.filter((pod) => uids.has(controllerOf(pod)?.uid ?? '')),
      runs: runs.items.filter((run) => controllerOf(run)?.uid === rollout.metadata.uid),
      now,
    });
  }
  return { now, views, kustomization };
}

/** Whether the newest revision runs this image tag and is fully promoted and healthy. */
export function isHealthyAt(view: ViewInput | undefined, tag: string): boolean {
  const status = view?.rollout.status;
  return (
    view !== undefined &&
    imageTag(view) === tag &&
    status?.phase === 'Healthy' &&
    status.observedGeneration === String(view.rollout.metadata.generation) &&
    status.stableRS === status.currentPodHash
  );
}

/** The image tag of the newest revision; `''` when there is none. */
export function imageTag({ rollout }: ViewInput): string {
  const image = rollout.spec.template?.spec?.containers[0]?.image ?? '';
  return image.slice(image.lastIndexOf(':') + 1);
}
