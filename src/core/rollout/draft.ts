import type { EventRecord, Wait } from '#core/decision/decision.js';
import type { RolloutAction } from './actions.js';
import type { Course } from './course.js';

/** What the phases of a pass have agreed on so far. */
export interface Draft {
  readonly course: Course;
  readonly actions: readonly RolloutAction[];
  /** Events that do not follow from the difference of the statuses. */
  readonly events: readonly EventRecord[];
  readonly waits: readonly Wait[];
  readonly because: string;
  /** All traffic is where it shall be in the end of the current step, and every proxy knows. */
  readonly isCutOver: boolean;
}

export function emptyDraft(course: Course): Draft {
  return { course, actions: [], events: [], waits: [], because: '', isCutOver: false };
}

export function act(draft: Draft, ...actions: readonly RolloutAction[]): Draft {
  return { ...draft, actions: [...draft.actions, ...actions] };
}

export function steer(draft: Draft, change: Partial<Course>): Draft {
  return { ...draft, course: { ...draft.course, ...change } };
}

export function say(draft: Draft, ...events: readonly EventRecord[]): Draft {
  return { ...draft, events: [...draft.events, ...events] };
}

/** Adds something that is waited for; one that ends at a time makes a pass come back then. */
export function waitFor(draft: Draft, ...waits: readonly Wait[]): Draft {
  return { ...draft, waits: [...draft.waits, ...waits] };
}

/** The sentence for the log and the page; the first one said counts. */
export function explain(draft: Draft, because: string): Draft {
  return draft.because === '' ? { ...draft, because } : draft;
}
