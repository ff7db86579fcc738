import type { Experiment } from '#api/argoproj/experiment.js';
import type { Rollout } from '#api/argoproj/rollout.js';
import { annotations } from '#api/argoproj/words.js';
import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import { objectsAt, textAt } from '#core/json/read.js';
import { ownedBy, type InspectInput } from './input.js';
import { roleTags } from './replica-set-node.js';

/** An image that runs, and for what. */
export interface ImageView {
  readonly image: string;
  readonly tags: readonly string[];
}

/** The images of a Rollout's pods and of its Experiments, by name. */
export function imagesOfRollout(rollout: Rollout, input: InspectInput): readonly ImageView[] {
  const own = ownedBy(rollout, input.replicaSets).flatMap((rs) => imagesOf(rs, roleTags(rollout, rs)));
  const others = ownedBy(rollout, input.experiments).flatMap((one) => templateImages(one, input));
  return merged([...own, ...others]);
}

/** The images of an Experiment's pods, by name. */
export function imagesOfExperiment(experiment: Experiment, input: InspectInput): readonly ImageView[] {
  return merged(templateImages(experiment, input));
}

function templateImages(experiment: Experiment, input: InspectInput): readonly ImageView[] {
  return ownedBy(experiment, input.replicaSets).flatMap((rs) => {
    const template = rs.metadata.annotations?.[annotations.experimentTemplateName];
    return imagesOf(rs, template === undefined ? [] : [`Σ:${template}`]);
  });
}

function imagesOf(rs: ReplicaSet, tags: readonly string[]): readonly ImageView[] {
  if ((rs.status?.replicas ?? 0) === 0) return [];
  return objectsAt(rs.spec.template?.spec, 'containers').map((container) => ({
    image: textAt(container, 'image') ?? '',
    tags: tags.filter((tag) => tag !== 'ping' && tag !== 'pong'),
  }));
}

function merged(images: readonly ImageView[]): readonly ImageView[] {
  const byName = new Map<string, readonly string[]>();
  for (const { image, tags } of images) {
    const known = byName.get(image);
    byName.set(image, known === undefined ? tags : [...new Set([...known, ...tags])].toSorted());
  }
  return [...byName]
    .map(([image, tags]) => ({ image, tags }))
    .toSorted((a, b) => (a.image < b.image ? -1 : 1));
}
