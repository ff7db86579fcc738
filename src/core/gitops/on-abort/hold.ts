import type { UnknownObject } from '#api/k8s/meta.js';
import { subjectOf } from '#core/kube/object.js';
import { inventoryId } from '../apply/inventory.js';
import { withHoldNote } from './hold-note.js';
import type { Hold } from './judge.js';
import { withTemplate } from './workload.js';

/** The objects as they are applied: those that are held with the template of their last good revision, and the note. */
export function withHolds(
  objects: readonly UnknownObject[],
  holds: readonly Hold[],
): readonly UnknownObject[] {
  const byRollout = new Map(holds.map((hold) => [hold.id, hold]));
  const byHolder = new Map(
    holds.flatMap((hold) => {
      const { holder } = hold.workload;
      return holder === undefined ? [] : [[inventoryId(holder), hold] as const];
    }),
  );
  return objects.map((object) => {
    const id = inventoryId(object);
    const [noted, lent] = [byRollout.get(id), byHolder.get(id)];
    const held = lent === undefined ? object : withTemplate(object, lent.template);
    return noted === undefined ? held : withHoldNote(held, noted.note);
  });
}

/** What the condition says of all that is held; a line each. */
export function holdWords(holds: readonly Hold[]): string {
  return holds
    .map(({ workload: { rollout }, note }) => {
      const why = note.reason === '' ? '' : `: ${note.reason}`;
      return `${subjectOf(rollout)} is held at its last good revision ${note.hash}, although ${note.revision} says otherwise, until a commit changes it${why}`;
    })
    .sort()
    .join('\n');
}
