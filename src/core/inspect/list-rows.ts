import type { Experiment } from '#api/argoproj/experiment.js';
import type { Rollout } from '#api/argoproj/rollout.js';
import { analysisPhases } from '#api/argoproj/words.js';
import { parseGoDuration } from '#core/time/duration.js';
import { humanDuration } from '#core/time/human-duration.js';
import { parseInstant, type Instant } from '#core/time/instant.js';
import { ageSince } from './age.js';
import { readPhase } from './phase.js';
import { stepOf, strategyName } from './summary.js';
import { setWeightOf } from './weights.js';

/** A column of a list: its header, and how wide it is at least, so that lines that come later stay below it. */
export interface ListColumn<T> {
  readonly header: string;
  readonly least: number;
  readonly cell: (object: T, now: Instant) => string;
}

/** The columns of `list rollouts`. */
export const rolloutColumns: readonly ListColumn<Rollout>[] = [
  { header: 'NAME', least: 10, cell: ({ metadata }) => metadata.name },
  { header: 'STRATEGY', least: 9, cell: (rollout) => strategyName(rollout) || 'unknown' },
  { header: 'STATUS', least: 12, cell: (rollout) => readPhase(rollout).phase },
  { header: 'STEP', least: 4, cell: (rollout) => stepOf(rollout) || '-' },
  {
    header: 'SET-WEIGHT',
    least: 10,
    cell: (rollout) => (rollout.spec.strategy?.canary === undefined ? '-' : String(setWeightOf(rollout))),
  },
  {
    header: 'READY',
    least: 5,
    cell: ({ status }) => `${status?.readyReplicas ?? 0}/${status?.replicas ?? 0}`,
  },
  { header: 'DESIRED', least: 7, cell: ({ spec }) => String(spec.replicas ?? 1) },
  { header: 'UP-TO-DATE', least: 10, cell: ({ status }) => String(status?.updatedReplicas ?? 0) },
  { header: 'AVAILABLE', least: 9, cell: ({ status }) => String(status?.availableReplicas ?? 0) },
];

/** The columns of `list experiments`. */
export const experimentColumns: readonly ListColumn<Experiment>[] = [
  { header: 'NAME', least: 10, cell: ({ metadata }) => metadata.name },
  { header: 'STATUS', least: 6, cell: ({ status }) => status?.phase ?? '' },
  {
    header: 'DURATION',
    least: 8,
    cell: (experiment) => {
      const ms = durationMs(experiment);
      return ms === undefined ? '-' : humanDuration(ms);
    },
  },
  { header: 'REMAINING', least: 9, cell: remaining },
  { header: 'AGE', least: 3, cell: ({ metadata }, now) => ageSince(metadata.creationTimestamp, now) },
];

function durationMs({ spec }: Experiment): number | undefined {
  return spec.duration === undefined ? undefined : parseGoDuration(spec.duration);
}

function remaining(experiment: Experiment, now: Instant): string {
  const { phase, availableAt } = experiment.status ?? {};
  const isOpen = phase === undefined || phase === analysisPhases.running || phase === analysisPhases.pending;
  const ms = durationMs(experiment);
  const since = parseInstant(availableAt ?? undefined);
  const left = ms === undefined || since === undefined || !isOpen ? 0 : since + ms - now;
  return left > 0 ? humanDuration(left) : '-';
}
