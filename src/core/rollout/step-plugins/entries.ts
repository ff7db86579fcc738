import type { StepPluginStatus } from '#api/argoproj/rollout.js';
import { stepPluginPhases as phases, type StepOperation } from '#core/plugin/step-call.js';
import type { Facts } from '../facts.js';

type Entries = readonly StepPluginStatus[];

/** What is known of an operation on the plugin of a step. */
export function findEntry(
  entries: Entries,
  index: number,
  operation: StepOperation,
): StepPluginStatus | undefined {
  return entries.find((entry) => entry.index === index && entry.operation === operation);
}

/** The list with this entry in the place of the one of its step and operation, or at the end. */
export function putEntry(entries: Entries, entry: StepPluginStatus): Entries {
  const known = findEntry(entries, entry.index, operationOf(entry));
  if (known === undefined) return [...entries, entry];
  return entries.map((other) => (other === known ? entry : other));
}

/** What the entry asks of its plugin; `Run` when it does not say. */
export function operationOf({ operation }: StepPluginStatus): StepOperation {
  return operation === 'Terminate' || operation === 'Abort' ? operation : 'Run';
}

/** Whether nothing is to be asked for this entry any more. */
export function isOver(entry: StepPluginStatus): boolean {
  if (entry.disabled === true) return true;
  if (operationOf(entry) !== 'Run') return entry.finishedAt !== undefined;
  return entry.phase === phases.successful || entry.phase === phases.failed;
}

/** The execution that is asked next. An abort or a termination happens once, however often it is tried. */
export function nextExecution(entry: StepPluginStatus): number {
  return operationOf(entry) === 'Run' ? (entry.executions ?? 0) + 1 : 1;
}

/**
 * Names one execution: equal for every try of it, also after a crash, and never that of another revision, attempt or
 * operation.
 */
export function callKey(facts: Facts, entry: StepPluginStatus): string {
  const uid = facts.rollout.metadata.uid ?? '';
  const parts = [
    uid,
    facts.newHash,
    entry.index,
    entry.operation,
    entry.startedAt ?? '',
    nextExecution(entry),
  ];
  return parts.join('/');
}

/** Whether the run of a step's plugin has come to its end, so that the step has too. */
export function isStepOver(entries: Entries, index: number): boolean {
  const run = findEntry(entries, index, 'Run');
  if (run === undefined) return false;
  const isEnded = findEntry(entries, index, 'Terminate') ?? findEntry(entries, index, 'Abort');
  return isOver(run) || (run.phase === phases.running && isEnded !== undefined);
}
