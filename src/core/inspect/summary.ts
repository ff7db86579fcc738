import type { Experiment } from '#api/argoproj/experiment.js';
import type { Rollout } from '#api/argoproj/rollout.js';
import { analysisIcon, rolloutIcon } from './icons.js';
import { imagesOfExperiment, imagesOfRollout, type ImageView } from './images.js';
import type { InspectInput } from './input.js';
import { readPhase } from './phase.js';
import { actualWeightOf, setWeightOf } from './weights.js';

/** The block above the tree of a Rollout or Experiment. */
export interface Summary {
  readonly name: string;
  readonly namespace: string;
  readonly icon: string;
  readonly status: string;
  readonly message: string;
  readonly images: readonly ImageView[];
  readonly rollout?: RolloutSummary;
}

/** What only a Rollout has. */
export interface RolloutSummary {
  readonly strategy: 'Canary' | 'BlueGreen' | '';
  /** Only for a canary. `step` is empty without steps. */
  readonly canary?: { readonly step: string; readonly setWeight: number; readonly actualWeight: number };
  readonly replicas: {
    readonly desired: number;
    readonly current: number;
    readonly updated: number;
    readonly ready: number;
    readonly available: number;
  };
}

/** The summary of a Rollout. */
export function summaryOfRollout(rollout: Rollout, input: InspectInput): Summary {
  const { phase, message } = readPhase(rollout);
  const { status } = rollout;
  return {
    ...named(rollout),
    icon: rolloutIcon(phase),
    status: phase,
    message,
    images: imagesOfRollout(rollout, input),
    rollout: {
      strategy: strategyName(rollout),
      ...(rollout.spec.strategy?.canary === undefined ? {} : { canary: canarySummary(rollout, input) }),
      replicas: {
        desired: rollout.spec.replicas ?? 1,
        current: status?.replicas ?? 0,
        updated: status?.updatedReplicas ?? 0,
        ready: status?.readyReplicas ?? 0,
        available: status?.availableReplicas ?? 0,
      },
    },
  };
}

/** The summary of an Experiment. */
export function summaryOfExperiment(experiment: Experiment, input: InspectInput): Summary {
  const { phase = '', message = '' } = experiment.status ?? {};
  return {
    ...named(experiment),
    icon: analysisIcon(phase),
    status: phase,
    message,
    images: imagesOfExperiment(experiment, input),
  };
}

/** The strategy in the peer's spelling; empty when there is none. */
export function strategyName(rollout: Rollout): RolloutSummary['strategy'] {
  const { strategy } = rollout.spec;
  if (strategy?.canary !== undefined) return 'Canary';
  return strategy?.blueGreen === undefined ? '' : 'BlueGreen';
}

/** Steps done of all, `1/4`; empty without steps or before the first was begun. */
export function stepOf(rollout: Rollout): string {
  const count = rollout.spec.strategy?.canary?.steps?.length ?? 0;
  const index = rollout.status?.currentStepIndex;
  return index === undefined || count === 0 ? '' : `${index}/${count}`;
}

function canarySummary(rollout: Rollout, input: InspectInput): NonNullable<RolloutSummary['canary']> {
  return {
    step: stepOf(rollout),
    setWeight: setWeightOf(rollout),
    actualWeight: actualWeightOf(rollout, input),
  };
}

function named({ metadata }: Rollout | Experiment): Pick<Summary, 'name' | 'namespace'> {
  return { name: metadata.name, namespace: metadata.namespace ?? '' };
}
