import { annotations } from '#api/argoproj/words.js';
import type { RolloutAction } from '../actions.js';
import { targetOf } from '../capacity/scale.js';
import type { Facts } from '../facts.js';

/**
 * Notes the generation of the referenced workload on the Rollout, as readers know it, and takes the note away when the
 * template is inline again.
 */
export function noteGeneration(facts: Facts): readonly RolloutAction[] {
  const { workload, notedWorkloadGeneration: noted } = facts.snapshot;
  const wanted = facts.rollout.spec.workloadRef === undefined ? undefined : (workload?.generation ?? noted);
  if (wanted === noted) return [];
  const patch = { metadata: { annotations: { [annotations.workloadGeneration]: wanted ?? null } } };
  return [{ kind: 'patchRollout', target: targetOf(facts.rollout), patch }];
}
