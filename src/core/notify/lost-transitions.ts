import type { Rollout } from '#api/argoproj/rollout.js';
import { rolloutConditions, rolloutEvents } from '#api/argoproj/words.js';
import { type Instant, parseInstant } from '#core/time/instant.js';
import type { SeenEvent } from './snapshot.js';

/**
 * Transitions that the status shows and no event tells: the process that made them died between the two. Only those
 * before `beganAt`, since an event of this process may be on its way.
 *
 * @param all - every event of the Rollout that is known, whoever recorded it.
 */
export function lostTransitions(
  { metadata, status }: Rollout,
  all: readonly SeenEvent[],
  since: Instant,
  beganAt: Instant,
): readonly SeenEvent[] {
  const completed = status?.conditions?.find(({ type }) => type === rolloutConditions.completed);
  const candidates: readonly (readonly [reason: string, at: string | undefined, type: string])[] = [
    [
      rolloutEvents.rolloutCompleted,
      completed?.status === 'True' ? (completed.lastTransitionTime ?? completed.lastUpdateTime) : undefined,
      'Normal',
    ],
    [rolloutEvents.rolloutAborted, status?.abort === true ? status.abortedAt : undefined, 'Warning'],
    [rolloutEvents.rolloutPaused, status?.pauseConditions?.[0]?.startTime, 'Normal'],
  ];
  return candidates.flatMap(([reason, text, type]) => {
    const at = parseInstant(text);
    // Times of the status have whole seconds; one of the same second may be of this process.
    if (at === undefined || at < since || at >= Math.floor(beganAt / 1000) * 1000) return [];
    if (all.some((event) => event.reason === reason && event.at >= at - toleranceMs)) return [];
    return [
      { id: `${(metadata.uid ?? '').slice(0, 8)}${reason}#${Math.floor(at / 1000)}`, type, reason, at },
    ];
  });
}

/** Between the time in the status and that of the event. */
const toleranceMs = 5000;
