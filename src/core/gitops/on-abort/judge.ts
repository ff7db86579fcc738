import type { Rollout } from '#api/argoproj/rollout.js';
import type { Kustomization } from '#api/flux/kustomization.js';
import type { PodTemplateSpec } from '#api/k8s/core-kinds.js';
import { fluxConditions } from '#api/flux/words.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { templatesEqualIgnoringDefaults } from '#core/pod-defaults/equal-templates.js';
import { findCondition } from '#core/kube/conditions.js';
import { subjectOf } from '#core/kube/object.js';
import { inventoryId } from '../apply/inventory.js';
import { announcedHold } from './hold.js';
import { holdNoteOf, type HoldNote } from './hold-note.js';
import { onAbortOf, type OnAbort } from './policy.js';
import { isRollout, templateOf, workloadDigest, workloadOf, type Workload } from './workload.js';

/** A Rollout that is built and was aborted, or is held since it was. */
export interface Aborted {
  readonly id: string;
  readonly live: Rollout;
  readonly workload: Workload;
  readonly asked: OnAbort;
  readonly note?: HoldNote;
}

/** Pod templates of the ReplicaSets of Rollouts, by inventory id of the Rollout and hash, without what was put into them. */
export type Templates = Readonly<Record<string, Readonly<Record<string, PodTemplateSpec>>>>;

/** A workload that is applied as it was, and not as the source has it. */
export interface Hold {
  readonly id: string;
  readonly workload: Workload;
  readonly note: HoldNote;
  readonly template: PodTemplateSpec;
}

/** A release of what the source has, which was aborted, and whose commit shall be reverted. */
export interface Abort {
  readonly id: string;
  readonly live: Rollout;
  readonly workload: Workload;
  readonly branch: string;
  /** The template of the last good revision; empty when its ReplicaSet is gone. */
  readonly good: PodTemplateSpec;
}

/** The Rollouts of a build that {@link judge} has to look at; their ReplicaSets have to be read before. */
export function abortedIn(
  kustomization: Kustomization,
  live: readonly Rollout[],
  objects: readonly UnknownObject[],
  revision: string,
): readonly Aborted[] {
  const byId = new Map(live.map((rollout) => [inventoryId(rollout), rollout]));
  return objects.flatMap((object): readonly Aborted[] => {
    const id = inventoryId(object);
    const seen = byId.get(id);
    if (seen === undefined || !isRollout(object)) return [];
    const workload = workloadOf(object, objects);
    const note = holdNoteOf(seen) ?? announcedNote(kustomization, workload, revision);
    const asked = onAbortOf(object, kustomization);
    if (!asked.ok || asked.value === undefined || (note === undefined && !isAborted(seen))) return [];
    return [{ id, live: seen, workload, asked: asked.value, ...(note === undefined ? {} : { note }) }];
  });
}

/** A hold that was said, and of which nothing else was written yet. */
function announcedNote(
  { status }: Kustomization,
  workload: Workload,
  revision: string,
): HoldNote | undefined {
  const words = findCondition(status?.conditions, fluxConditions.held)?.message;
  const said = announcedHold(words, subjectOf(workload.rollout), revision);
  return said === undefined ? undefined : { ...said, revision, digest: workloadDigest(workload), since: '' };
}

/** Whether the newest release of a Rollout was aborted, its controller has acted on that, and a revision was good before. */
export function isAborted({ status }: Rollout): boolean {
  const { abort, abortedAt, stableRS = '', currentPodHash = '' } = status ?? {};
  const isHandled = abort === true && typeof abortedAt === 'string';
  return isHandled && stableRS !== '' && stableRS !== currentPodHash;
}

/** Names one abort of one Rollout. */
export function abortKey(rollout: Rollout): string {
  const { currentPodHash = '', abortedAt = '' } = rollout.status ?? {};
  return `${inventoryId(rollout)}@${currentPodHash}@${abortedAt ?? ''}`;
}

/** The hashes of the ReplicaSets that are looked at. */
export function hashesOf({ live, note }: Aborted): readonly string[] {
  const { stableRS = '', currentPodHash = '' } = live.status ?? {};
  const hashes = [...(isAborted(live) ? [stableRS, currentPodHash] : []), note?.hash ?? ''];
  return [...new Set(hashes.filter((hash) => hash !== ''))];
}

/** Which of them are held from now on or still, and which commits are to be reverted. The others follow the source. */
export function judge(
  aborted: readonly Aborted[],
  templates: Templates,
  revision: string,
): { readonly holds: readonly Hold[]; readonly aborts: readonly Abort[] } {
  const holds: Hold[] = [];
  const aborts: Abort[] = [];
  for (const each of aborted) {
    const { id, live, workload, asked } = each;
    const held = asked.policy === 'hold' ? stillHeld(each, templates) : undefined;
    if (held !== undefined) holds.push(held);
    else if (isReleased(each, templates) && asked.policy === 'revert-commit') {
      const good = templates[id]?.[live.status?.stableRS ?? ''] ?? {};
      aborts.push({ id, live, workload, branch: asked.branch, good });
    } else if (isReleased(each, templates)) {
      const template = templates[id]?.[live.status?.stableRS ?? ''];
      const note = noteOf(live, workload, revision);
      // Whose last good ReplicaSet is gone has nothing to be held at.
      if (template !== undefined) holds.push({ id, workload, template, note });
    }
  }
  return { holds, aborts };
}

function stillHeld({ id, live, workload, note }: Aborted, templates: Templates): Hold | undefined {
  if (note === undefined || note.digest !== workloadDigest(workload)) return undefined;
  const template = templates[id]?.[note.hash] ?? live.spec.template;
  return template === undefined ? undefined : { id, workload, note, template };
}

/** Whether what was aborted is what the source has: a newer commit may be on its way. */
function isReleased({ id, live, workload: { holder } }: Aborted, templates: Templates): boolean {
  const current = templates[id]?.[live.status?.currentPodHash ?? ''];
  if (!isAborted(live) || holder === undefined || current === undefined) return false;
  return templatesEqualIgnoringDefaults(templateOf(holder), current);
}

function noteOf(live: Rollout, workload: Workload, revision: string): HoldNote {
  const { stableRS = '', message = '', abortedAt } = live.status ?? {};
  return {
    digest: workloadDigest(workload),
    revision,
    reason: message,
    since: abortedAt ?? '',
    hash: stableRS,
  };
}
