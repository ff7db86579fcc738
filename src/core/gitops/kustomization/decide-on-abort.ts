import { fluxConditions as types, fluxReasons as reasons, onAbortKeys } from '#api/flux/words.js';
import type { EventRecord } from '#core/decision/decision.js';
import { isEqual } from '#core/json/json.js';
import { findCondition } from '#core/kube/conditions.js';
import { withHolds, holdWords } from '../on-abort/hold.js';
import {
  abortedIn,
  abortKey,
  hashesOf,
  isAborted,
  judge,
  type Aborted,
  type Hold,
} from '../on-abort/judge.js';
import { wantedRevert, type RevertOutcome } from '../on-abort/revert.js';
import { keepersOf } from '../on-abort/keep.js';
import { onAbortProblem } from '../on-abort/policy.js';
import type { BuiltRevision, KustomizationMemory, KustomizationRun } from './model/kustomization-run.js';
import type { KustomizationDecision, KustomizationSnapshot } from './model/kustomization-snapshot.js';
import { draftOf, setHeld, setReverted } from './model/kustomization-status.js';
import { failRun, outcome, stepOf, withRevision } from './run/outcome.js';

type Built = BuiltRevision & { readonly ok: true };

/** A decision, or what is applied: the build, with what is held as it was. */
export type OnAbortStep =
  { readonly decision: KustomizationDecision } | { readonly decision?: undefined; readonly built: Built };

/** Between the build and its first stage: what is done about releases that were aborted. */
export function decideOnAbort(
  snapshot: KustomizationSnapshot,
  run: KustomizationRun,
  built: Built,
): OnAbortStep {
  const { object, memory, now, source } = snapshot;
  if (built.isUnchanged === true) return { built };
  const draft = draftOf(object, now);
  const problem = onAbortProblem(object, built.objects);
  if (problem !== undefined) {
    const failure = { reason: reasons.buildFailed, message: problem, unblockedBy: "the user's manifest" };
    return { decision: failRun(snapshot, draft, run, failure) };
  }
  const revision = source.artifact?.revision ?? '';
  const aborted = abortedIn(object, snapshot.rollouts, built.objects, revision).filter(
    ({ live, note }) => note !== undefined || run.aborts.includes(abortKey(live)),
  );
  if (aborted.length > 0 && run.templates === undefined) {
    const action = { kind: 'readTemplates', of: 'aborted', wanted: aborted.map(wantedOf) } as const;
    return { decision: stepOf(draft, memory, action, 'looks for the last good revisions') };
  }
  const { holds, aborts } = judge(aborted, run.templates ?? {}, revision);
  const open = aborts.filter(({ live }) => isOpen(memory, abortKey(live)));
  if (open.length > 0 && run.reverts === undefined) {
    const action = { kind: 'revertCommits', wanted: open.map(wantedRevert) } as const;
    return { decision: stepOf(draft, memory, action, 'reverts commits whose release was aborted') };
  }
  const said = say(snapshot, run, holds, aborts.length > 0);
  return said === undefined
    ? { built: { ...built, objects: withHolds(built.objects, holds) } }
    : { decision: said };
}

/** Not dealt with, or in vain. */
function isOpen({ onAbort }: KustomizationMemory, key: string): boolean {
  return onAbort === undefined || !onAbort.judged.includes(key) || onAbort.failed?.includes(key) === true;
}

function wantedOf(aborted: Aborted) {
  const { namespace = '', uid = '' } = aborted.live.metadata;
  return { id: aborted.id, namespace, uid, hashes: hashesOf(aborted) };
}

/** The conditions, and the events of what is new in them, before anything is applied. */
function say(
  snapshot: KustomizationSnapshot,
  run: KustomizationRun,
  holds: readonly Hold[],
  hasAborts: boolean,
): KustomizationDecision | undefined {
  const { object, now, memory } = snapshot;
  const words = holdWords(holds);
  const held = setHeld(draftOf(object, now), words);
  const outcomes = run.reverts?.filter((each) => each.words !== undefined) ?? [];
  const isOver = !hasAborts || (run.reverts !== undefined && outcomes.length === 0);
  const draft =
    outcomes.length > 0
      ? setReverted(held, summaryOf(outcomes))
      : isOver
        ? setReverted(held, undefined)
        : held;
  if (isEqual(draft.status, object.status ?? {})) return undefined;
  const events = [...holdEvents(object, words), ...revertEvents(object, outcomes)];
  return outcome(draft, { ...memory, run }, words === '' ? 'holds nothing' : words, {
    events: withRevision(snapshot, events),
    requeueAt: now,
  });
}

function summaryOf(outcomes: readonly RevertOutcome[]) {
  return {
    isOk: outcomes.every(({ ok }) => ok),
    message: outcomes.map(({ words = '' }) => words).join('\n'),
  };
}

function revertEvents(
  { status }: KustomizationSnapshot['object'],
  outcomes: readonly RevertOutcome[],
): readonly EventRecord[] {
  const before = linesOf(findCondition(status?.conditions, types.reverted)?.message);
  return outcomes
    .filter(({ words = '' }) => !before.includes(words))
    .map(({ ok, words = '' }) => {
      return { type: 'Warning', reason: ok ? reasons.revertPushed : reasons.revertFailed, message: words };
    });
}

function holdEvents({ status }: KustomizationSnapshot['object'], words: string): readonly EventRecord[] {
  const before = linesOf(findCondition(status?.conditions, types.held)?.message);
  const after = linesOf(words);
  const going = new Set(after.map(subjectIn));
  const ended = before.map(subjectIn).filter((subject) => !going.has(subject));
  const begun = after.filter((line) => !before.includes(line));
  return [
    ...begun.map((message) => ({ type: 'Warning', reason: reasons.releaseAborted, message }) as const),
    ...ended.map((subject) => {
      return {
        type: 'Normal',
        reason: reasons.holdEnded,
        message: `${subject} follows the source again`,
      } as const;
    }),
  ];
}

function linesOf(text = ''): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}

/** A line of {@link holdWords} begins with what is held. */
function subjectIn(line: string): string {
  return line.split(' ')[0] ?? '';
}

/** Names the aborts that annotations ask to do something about. */
export function abortKeysOf({
  object,
  rollouts,
}: Pick<KustomizationSnapshot, 'object' | 'rollouts'>): readonly string[] {
  const isAskedFor = onAbortKeys.onAbort in (object.metadata.annotations ?? {});
  return rollouts
    .filter(isAborted)
    .filter(({ metadata }) => isAskedFor || onAbortKeys.onAbort in (metadata.annotations ?? {}))
    .map(abortKey);
}

/** Whether a last good revision for which objects are kept is none any more, so that they may go. */
export function hasPassedOn({ memory, object, rollouts }: KustomizationSnapshot): boolean {
  const now = keepersOf(object, rollouts).map(({ id, hash }) => `${id}@${hash}`);
  return (memory.onAbort?.keeping ?? []).some((key) => !now.includes(key));
}

/** Whether a release was aborted that no run has judged yet, so that everything has to be built. */
export function hasOpenAborts(snapshot: KustomizationSnapshot): boolean {
  const { judged = [] } = snapshot.memory.onAbort ?? {};
  return abortKeysOf(snapshot).some((key) => !judged.includes(key));
}
