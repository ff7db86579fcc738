import type { Instant } from '#core/time/instant.js';

/**
 * What one pure pass over a snapshot wants. It can be printed, stored in a golden file and executed twice without harm.
 *
 * @typeParam A - the actions of the kind, a union on `kind`.
 * @typeParam S - the status of the kind.
 */
export interface Decision<A extends { readonly kind: string }, S> {
  /** In the order in which they must happen. A failure stops those behind it, the status write included. */
  readonly actions: readonly A[];
  /** The complete next status, not a patch. Equal to the current one means that nothing is written. */
  readonly status: S;
  /** Emitted after the status is stored, in this order. */
  readonly events: readonly EventRecord[];
  /** The earliest moment at which time alone changes the answer. Absent: only a watched change can. */
  readonly requeueAt?: Instant;
  /** What the object is waiting for now; the outermost cause first. */
  readonly waitingFor: readonly Wait[];
  /** One sentence for the log line and the page. */
  readonly because: string;
}

/** One Kubernetes event about the object that was decided on. */
export interface EventRecord {
  readonly type: 'Normal' | 'Warning';
  /** The peer's exact reason, for instance `RolloutStepCompleted`. */
  readonly reason: string;
  readonly message: string;
  /**
   * What may be done with it when an object has much to tell in a short time. `together`: told in one Event with those of
   * its reason. `at-once`: somebody waits for this, so nothing before it waits either; warnings are always like that.
   */
  readonly pace?: 'together' | 'at-once';
  /** What Alerts tell beside the message: the revision, `commit_status`. Keys without the prefix of the group. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Only an event of Kubernetes: no Alert tells of it. */
  readonly isTrace?: boolean;
  /** Told to those who listen in this process and not written as an Event: it repeats what every success says. */
  readonly isUnwritten?: boolean;
}

/** Something that must be seen before the next rung, in words that a person can act on. */
export interface Wait {
  /** What is awaited, for instance `endpoints of Service/shop/web-canary`. */
  readonly what: string;
  /** `Kind/namespace/name` of the object that will show it. */
  readonly object?: string;
  readonly since?: Instant;
  readonly until?: Instant;
  /** Who can end the wait: `time`, `a person`, `the pods`, `the router`, `the gate`, `the user's manifest`. */
  readonly unblockedBy: string;
  /** One word for programs, where there is one. */
  readonly reason?: string;
}
