import type { Phrase } from '../words/format.js';

/** The six states that have a shape, a colour and a word of their own. */
export type Mark = 'ok' | 'run' | 'wait' | 'bad' | 'undecided' | 'off';

/** What a person may do to a Rollout; also the verbs of its access review. */
export const verbs = [
  'promote',
  'promotefull',
  'abort',
  'retry',
  'pause',
  'resume',
  'restart',
  'undo',
] as const;

export type Verb = (typeof verbs)[number];

/** Wanted and seen share of the traffic of the newest revision, in percent. */
export interface WeightView {
  readonly wanted: number;
  /** `null`: nobody can tell yet. */
  readonly observed: number | null;
  /** `confirmed` by the router, only `written` to it, or the share of ready pods. */
  readonly by: 'confirmed' | 'written' | 'pods';
  /** When the wanted weight was written, while it is not confirmed. */
  readonly pendingSince: number | null;
}

export interface GateCounts {
  readonly pass: number;
  readonly fail: number;
  readonly undecided: number;
  readonly error: number;
}

/** How urgent an object is: 1 broken … 8 healthy, and since when. */
export interface Attention {
  readonly class: number;
  readonly since: number | null;
}

/** One line of the list. */
export interface Row {
  readonly kind: 'Rollout';
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly phase: string;
  readonly mark: Mark;
  readonly attention: Attention;
  /** The reason in a few words. */
  readonly reason: Phrase;
  readonly sentence: Phrase;
  readonly strategy: 'canary' | 'blueGreen' | 'none';
  /** Steps done and steps in all; `null` without steps. */
  readonly step: readonly [number, number] | null;
  /** One letter a block: `d`one, `c`urrent, `f`uture, `x` failed, `u`ndone, `s`kipped. */
  readonly ladder: string;
  readonly weight: WeightView | null;
  readonly replicas: { readonly desired: number; readonly ready: number; readonly updated: number };
  readonly gates: GateCounts;
  readonly revision: number;
  readonly image: string;
  readonly commit: string | null;
  readonly owner: string | null;
  readonly since: number | null;
  /** The one likely next action. */
  readonly next: Verb | null;
  readonly can: readonly Verb[];
}
