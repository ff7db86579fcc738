import { analysisPhases, rolloutEvents } from '#api/argoproj/words.js';

/** The trigger that an event of this reason fires: `RolloutStepCompleted` fires `on-rollout-step-completed`. */
export function triggerOf(reason: string): string {
  const dashed = reason.replace(/(.)([A-Z][a-z]+)/g, '$1-$2').replace(/([a-z0-9])([A-Z])/g, '$1-$2');
  return `on-${dashed.toLowerCase()}`;
}

const phases = Object.values(analysisPhases).flatMap((phase) => [
  `AnalysisRun${phase}`,
  `Experiment${phase}`,
]);

const eventTriggers: ReadonlySet<string> = new Set(
  [...Object.values(rolloutEvents), ...phases].map(triggerOf),
);

/**
 * Whether a trigger belongs to an event that the controllers record. Its condition then only filters the event; the
 * condition of any other trigger is watched, and fires when it becomes true.
 */
export function isEventTrigger(trigger: string): boolean {
  return eventTriggers.has(trigger);
}
