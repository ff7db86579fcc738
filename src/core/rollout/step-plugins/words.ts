import type { StepPluginStatus } from '#api/argoproj/rollout.js';
import { rolloutEvents } from '#api/argoproj/words.js';
import type { EventRecord } from '#core/decision/decision.js';
import { stepPluginPhases as phases } from '#core/plugin/step-call.js';
import { operationOf } from './entries.js';

/** A step's plugin as events and conditions name it; steps count from 1. */
export function pluginWords({ index, name }: Pick<StepPluginStatus, 'index' | 'name'>): string {
  return `Step Plugin ${index + 1} (${name})`;
}

/** Why the update aborts. */
export function failedWords(entry: StepPluginStatus): string {
  return `${pluginWords(entry)} failed: ${entry.message ?? ''}`;
}

/** Told when an operation comes to another phase; the end of a good run is told as the end of its step. */
export function transitionEvents(
  before: StepPluginStatus['phase'],
  entry: StepPluginStatus,
): readonly EventRecord[] {
  const { phase, message } = entry;
  const operation = operationOf(entry);
  if (phase === before || (operation === 'Run' && phase === phases.successful)) return [];
  const what = operation === 'Run' ? pluginWords(entry) : `${pluginWords(entry)} ${operation}`;
  const isBad = phase === phases.failed || phase === phases.error;
  return [
    {
      type: isBad ? 'Warning' : 'Normal',
      reason: rolloutEvents.stepPluginTransition,
      message: `${what} transitioned to phase ${phase ?? ''}${message === undefined ? '' : `: ${message}`}`,
    },
  ];
}

/** Told when the plugin cannot be asked, or answers what cannot be understood. */
export function problemEvent(entry: Pick<StepPluginStatus, 'index' | 'name'>, problem: string): EventRecord {
  return {
    type: 'Warning',
    reason: rolloutEvents.reconciliationError,
    message: problemWords(entry, problem),
  };
}

/** The message of the condition. */
export function problemWords(entry: Pick<StepPluginStatus, 'index' | 'name'>, problem: string): string {
  return `${pluginWords(entry)}: ${problem}`;
}
