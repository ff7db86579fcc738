import { annotations, labels } from '#api/argoproj/words.js';
import type { Rollout } from '#api/argoproj/rollout.js';
import { kinds } from '#api/kinds.js';
import type { RolloutAction } from '../actions.js';
import { targetOf } from '../capacity/scale.js';
import { namesWorkload, type Workload } from './workload.js';

type ScaleWorkload = Extract<RolloutAction, { readonly kind: 'scaleWorkload' }>;

/** What a Deployment says about who scaled it down. */
export interface ScaleMarks {
  /** Name of the Rollout. */
  readonly by: string;
  /** Replicas to go back to. */
  readonly from: number;
  /** Replicas that the Rollout gave it last. */
  readonly to: number;
}

/** The marks of a Deployment; `undefined` when no Rollout scaled it down. */
export function marksOf({ metadata }: Pick<Workload, 'metadata'>): ScaleMarks | undefined {
  const read = (key: string) => metadata.annotations?.[key];
  const by = read(annotations.scaledDownBy);
  const from = Number(read(annotations.scaledDownFrom));
  const to = Number(read(annotations.scaledDownTo) ?? 0);
  return by === undefined || !Number.isInteger(from) || !Number.isInteger(to) ? undefined : { by, from, to };
}

/** Scales a Deployment, and notes on it who did and what it had before. */
export function scaleWorkload(workload: Workload, to: number, by: string): ScaleWorkload {
  const marks = marksOf(workload);
  const now = replicasOf(workload);
  // Somebody who raised it since meant what it has now.
  const from = marks === undefined || now > marks.to ? now : marks.from;
  return {
    kind: 'scaleWorkload',
    target: targetOf(workload),
    from: now,
    to,
    metadata: {
      labels: { [labels.scaledDown]: 'true' },
      annotations: {
        [annotations.scaledDownBy]: by,
        [annotations.scaledDownFrom]: String(from),
        [annotations.scaledDownTo]: String(to),
      },
    },
  };
}

/** Gives a Deployment back what it had and takes the marks away. Replicas that somebody gave it since are kept. */
export function restoreWorkload(workload: Workload): ScaleWorkload {
  const marks = marksOf(workload);
  const now = replicasOf(workload);
  return {
    kind: 'scaleWorkload',
    target: targetOf(workload),
    from: now,
    to: marks === undefined || now > marks.to ? now : marks.from,
    metadata: {
      labels: { [labels.scaledDown]: null },
      annotations: {
        [annotations.scaledDownBy]: null,
        [annotations.scaledDownFrom]: null,
        [annotations.scaledDownTo]: null,
      },
    },
  };
}

/** Of the Deployments that a Rollout scaled down those that it does not name any more. */
export function leftWorkloads(rollout: Rollout, marked: readonly Workload[]): readonly Workload[] {
  return marked.filter(({ metadata }) => !namesWorkload(rollout, kinds.deployment, metadata.name));
}

/** 1 when the object does not say. */
export function replicasOf({ spec }: Workload): number {
  return spec?.replicas ?? 1;
}
