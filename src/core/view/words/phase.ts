import type { Rollout } from '#api/argoproj/rollout.js';
import { rolloutConditions, rolloutReasons } from '#api/argoproj/words.js';
import { isWorkloadUnobserved, workloadLagMessage } from '#core/rollout/workload-ref/lag.js';
import type { Mark } from '../wire/list.js';

/** The phase as a reader must see it: never newer than what the controller has observed. */
export interface PhaseView {
  readonly phase: 'Healthy' | 'Degraded' | 'Progressing' | 'Paused' | 'Unknown';
  readonly message: string;
  readonly mark: Mark;
  /** Why the status is older than the spec; `null` when it is not. */
  readonly isBehind: string | null;
}

export function phaseOf(rollout: Rollout): PhaseView {
  const { status, metadata } = rollout;
  if (status === undefined)
    return { phase: 'Unknown', message: '', mark: 'off', isBehind: 'no controller has looked at it yet' };
  if (metadata.generation !== undefined && Number(status.observedGeneration ?? 0) < metadata.generation) {
    const message = 'waiting for rollout spec update to be observed';
    return { phase: 'Progressing', message, mark: 'off', isBehind: message };
  }
  if (
    status.controllerPause === true &&
    (status.pauseConditions ?? []).length === 0 &&
    rollout.spec.paused !== true
  )
    return { phase: 'Progressing', message: 'waiting for rollout to unpause', mark: 'run', isBehind: null };
  if (isWorkloadUnobserved(rollout)) {
    const message = workloadLagMessage;
    return { phase: 'Progressing', message, mark: 'off', isBehind: message };
  }
  return { ...known(status.phase), message: status.message ?? '', isBehind: null };
}

function known(phase: string | undefined): Pick<PhaseView, 'phase' | 'mark'> {
  switch (phase) {
    case 'Healthy':
      return { phase, mark: 'ok' };
    case 'Degraded':
      return { phase, mark: 'bad' };
    case 'Progressing':
      return { phase, mark: 'run' };
    case 'Paused':
      return { phase, mark: 'wait' };
    default:
      return { phase: 'Unknown', mark: 'off' };
  }
}

/** What holds a Rollout in place; the first that applies. */
export type Hold =
  | { readonly kind: 'invalid'; readonly message: string; readonly since: string | undefined }
  | { readonly kind: 'aborted'; readonly message: string; readonly since: string | undefined }
  | { readonly kind: 'deadline'; readonly message: string; readonly since: string | undefined }
  | { readonly kind: 'byHand'; readonly since: string | undefined }
  | { readonly kind: 'undecided'; readonly since: string }
  | { readonly kind: 'pause'; readonly reason: string; readonly since: string }
  | { readonly kind: 'none' };

export function holdOf(rollout: Rollout): Hold {
  return stopOf(rollout) ?? pauseOf(rollout);
}

function stopOf({ status }: Rollout): Hold | undefined {
  const conditions = status?.conditions ?? [];
  const invalid = conditions.find((c) => c.type === rolloutConditions.invalidSpec && c.status === 'True');
  if (invalid !== undefined)
    return { kind: 'invalid', message: invalid.message ?? '', since: invalid.lastTransitionTime };
  const progressing = conditions.find((c) => c.type === rolloutConditions.progressing);
  const message = progressing?.message ?? '';
  const changed = progressing?.lastTransitionTime;
  if (status?.abort === true || progressing?.reason === rolloutReasons.rolloutAborted)
    return { kind: 'aborted', message, since: status?.abortedAt ?? changed };
  return progressing?.reason === rolloutReasons.progressDeadlineExceeded
    ? { kind: 'deadline', message, since: changed }
    : undefined;
}

function pauseOf({ spec, status }: Rollout): Hold {
  if (spec.paused === true) {
    const paused = status?.conditions?.find(
      (c) => c.type === rolloutConditions.paused && c.status === 'True',
    );
    return { kind: 'byHand', since: paused?.lastTransitionTime };
  }
  const pause = status?.pauseConditions?.[0];
  if (pause === undefined) return { kind: 'none' };
  return pause.reason.startsWith('Inconclusive')
    ? { kind: 'undecided', since: pause.startTime }
    : { kind: 'pause', reason: pause.reason, since: pause.startTime };
}
