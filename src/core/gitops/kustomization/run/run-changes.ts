import { fluxReasons as reasons } from '#api/flux/words.js';
import type { EventRecord } from '#core/decision/decision.js';
import { subjectOfEntry } from '../../apply/inventory.js';
import type { Change } from '../../apply/plan.js';
import type { PrunedEntry } from '../model/kustomization-run.js';

/** The event that lists what a run wrote, an object a line; none when it wrote nothing. */
export function applyEvents(changes: readonly Change[]): readonly EventRecord[] {
  const lines = changes
    .filter(isWritten)
    .map(({ subject, action, drift }) => `${subject} ${action}${drift === undefined ? '' : `: ${drift}`}`);
  return lines.length === 0
    ? []
    : [{ type: 'Normal', reason: reasons.progressing, message: lines.join('\n') }];
}

/** Whether the run changed an object. */
export function hasWritten(changes: readonly Change[]): boolean {
  return changes.some(isWritten);
}

function isWritten({ action }: Change): boolean {
  return action === 'created' || action === 'configured' || action === 'deleted';
}

/** What garbage collection did, as changes. */
export function deletions(pruned: readonly PrunedEntry[]): readonly Change[] {
  return pruned
    .filter(({ result }) => result === 'deleted')
    .map(({ entry }) => ({ id: entry.id, subject: subjectOfEntry(entry), action: 'deleted' }));
}
