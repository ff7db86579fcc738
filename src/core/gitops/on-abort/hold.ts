import type { UnknownObject } from '#api/k8s/meta.js';
import { subjectOf } from '#core/kube/object.js';
import { inventoryId } from '../apply/inventory.js';
import { withHoldNote, type HoldNote } from './hold-note.js';
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

/**
 * The hold that the condition announced for a Rollout at a revision of the source: the condition is written first, so
 * that a hold whose other writes were cut short is taken up again. `undefined` when it says nothing of it.
 */
export function announcedHold(
  words: string | undefined,
  subject: string,
  revision: string,
): Pick<HoldNote, 'hash' | 'reason'> | undefined {
  for (const line of words?.split('\n') ?? []) {
    const [, object, hash = '', at, reason = ''] = announced.exec(line) ?? [];
    if (object === subject && at === revision) return { hash, reason };
  }
  return undefined;
}

const announced =
  /^(\S+) is held at its last good revision (\S+), although (\S+) says otherwise, until a commit changes it(?:: (.*))?$/;

/** What the condition says of all that is held; a line each. */
export function holdWords(holds: readonly Hold[]): string {
  return holds
    .map(({ workload: { rollout }, note }) => {
      const why = note.reason === '' ? '' : `: ${note.reason.replaceAll('\n', ' ')}`;
      return `${subjectOf(rollout)} is held at its last good revision ${note.hash}, although ${note.revision} says otherwise, until a commit changes it${why}`;
    })
    .sort()
    .join('\n');
}
