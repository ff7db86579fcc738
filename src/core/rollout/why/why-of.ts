import type { RolloutStatus, WhyEntry } from '#api/argoproj/rollout.js';
import type { Wait } from '#core/decision/decision.js';
import { subjectOf } from '#core/kube/object.js';
import { formatInstant, parseInstant, type Instant } from '#core/time/instant.js';
import type { Facts } from '../facts.js';
import { budgetWaits } from './budget-waits.js';
import { beginningPause } from './pause-waits.js';
import { podWaits } from './pod-waits.js';
import { withReadiness } from './readiness.js';
import { reasonOf } from './reason.js';
import { setWaits } from './set-waits.js';
import { steady, withoutRepeats } from './steady.js';

/** The status with its conditions for kstatus, and with what is waited for under `why`. */
export function withWhy(facts: Facts, waits: readonly Wait[], status: RolloutStatus): RolloutStatus {
  const { why: _before, ...told } = withReadiness(facts.rollout, status, facts.now);
  const why = whyOf(facts, waits, told);
  return why.length === 0 ? told : { ...told, why };
}

/** What ends by itself so soon is not worth a write of the status. */
const shortMs = 10_000;
/** Messages of others, for instance of the scheduler, have no end of their own. */
const longest = 1000;

/**
 * What the Rollout waits for, outermost first and the causes last: what the pass waits for, then what is wrong with its
 * pods. Words and moments stay while the same wait lasts. Empty when nothing is awaited.
 */
function whyOf(facts: Facts, waits: readonly Wait[], status: RolloutStatus): readonly WhyEntry[] {
  if (status.phase === 'Healthy') return [];
  const own = [...waits, ...beginningPause(facts, status)].map((wait) => steady(wait));
  const all = [
    ...abortWaits(status),
    ...own.map((wait) => withReason(wait, wait.reason ?? reasonOf(facts, status, wait))),
    ...budgetWaits(facts),
    ...setWaits(facts),
    ...podWaits(facts),
  ];
  return withoutRepeats(all)
    .map((wait) => entryOf(facts, wait))
    .filter((entry) => !isShort(entry));
}

function withReason(wait: Wait, reason: string | undefined): Wait {
  return reason === undefined ? wait : { ...wait, reason };
}

/** An aborted update waits for people. */
function abortWaits({ abort, abortedAt }: RolloutStatus): readonly Wait[] {
  if (abort !== true) return [];
  const since = parseInstant(abortedAt);
  return [
    {
      what: 'a retry, a new revision or an undo: the update is aborted',
      ...(since === undefined ? {} : { since }),
      unblockedBy: 'a person',
      reason: 'Aborted',
    },
  ];
}

function entryOf(facts: Facts, { object, since, until, unblockedBy, reason, ...wait }: Wait): WhyEntry {
  const subject = object ?? subjectOf(facts.rollout);
  const what = wait.what.slice(0, longest);
  const known = (facts.old.why ?? []).find((entry) => isSame(entry, { what, object: subject }));
  return {
    what,
    object: subject,
    since: beginOf(since, known, facts.now),
    // Other ends are moments to look again, which move on.
    ...(until === undefined || unblockedBy !== 'time' ? {} : { until: formatInstant(until) }),
    unblockedBy,
    ...(reason === undefined ? {} : { reason }),
  };
}

function beginOf(since: Instant | undefined, known: WhyEntry | undefined, now: Instant): string {
  return since === undefined ? (known?.since ?? formatInstant(now)) : formatInstant(since);
}

type Identity = Pick<WhyEntry, 'what' | 'object'>;

/** Counts change while one waits for the same thing. */
function isSame(a: Identity, b: Identity): boolean {
  const words = ({ what }: Identity) => what.replaceAll(/\d+/g, '0');
  return a.object === b.object && words(a) === words(b);
}

function isShort({ since, until }: WhyEntry): boolean {
  const [from, to] = [parseInstant(since), parseInstant(until)];
  return from !== undefined && to !== undefined && to - from < shortMs;
}
