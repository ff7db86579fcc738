import type { Rollout } from '#api/argoproj/rollout.js';
import { afterBadConfig, afterFailedTry } from '#core/notify/retry.js';
import {
  laneOf,
  type Delivery,
  type DeliveryMemory,
  type Failure,
  type NotifyDecision,
  type NotifyProblem,
} from '#core/notify/snapshot.js';
import { addMs, type Instant } from '#core/time/instant.js';
import type { Clock } from '#ports/clock.js';
import { type AppError, toAppError } from '#ports/errors.js';
import type { BackgroundWork, ReconcileKey } from '#runtime/controller/definition.js';
import { SendLanes } from './send-lanes.js';

/** The Rollout that a message is about. */
export interface OutboxOwner {
  readonly key: ReconcileKey;
  readonly uid: string;
}

/** Hears how an attempt ended. */
export type OnEnd = (error: AppError | undefined, failure: Failure | undefined, startedAt: Instant) => void;

/** Sends one message; throws an AppError. */
export type Send = (delivery: Delivery, signal: AbortSignal) => Promise<void>;

interface Mailbox {
  readonly key: ReconcileKey;
  readonly sending: Map<string, AbortController>;
  readonly failures: Map<string, Failure>;
  readonly drafts: Map<string, Delivery>;
  readonly unsent: Set<string>;
  considered: ReadonlySet<string>;
  /** What was said of it, so that a lasting problem is said once. */
  readonly said: Set<string>;
  lastSeen?: Rollout;
  /** When it was found to be gone. */
  goneAt?: Instant;
}

/** How long the last words about a Rollout that is gone may take. */
const mourningMs = 60_000;

/** Problems that are remembered of one Rollout. */
const mostSaid = 100;

/**
 * Messages under way and those that wait for another try, by Rollout. Only a cache: the annotation says what was told, and
 * what was not. Services are apart: one that is slow or down holds up nobody else.
 */
export class Outbox implements BackgroundWork {
  readonly #now: () => Instant;
  readonly #lanes: SendLanes;
  readonly #boxes = new Map<string, Mailbox>();
  readonly #running = new Set<Promise<void>>();
  #enqueue: (key: ReconcileKey) => void = () => undefined;
  #isEnded = false;
  #beganAt: Instant | undefined;

  constructor(clock: Clock) {
    this.#now = () => clock.now();
    this.#lanes = new SendLanes(clock, (key) => this.#enqueue(key));
  }

  /** When this process began to tell: a stand-by has been running for long before. */
  beganAt(): Instant {
    return (this.#beganAt ??= this.#now());
  }

  subscribe(enqueue: (key: ReconcileKey) => void): () => void {
    this.#beganAt = this.#now();
    this.#enqueue = enqueue;
    this.#isEnded = false;
    return () => {
      this.#isEnded = true;
      this.#enqueue = () => undefined;
      for (const box of this.#boxes.values()) for (const abort of box.sending.values()) abort.abort();
    };
  }

  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  memory({ uid }: OutboxOwner): DeliveryMemory {
    const box = this.#boxes.get(uid);
    return {
      sending: new Set(box?.sending.keys()),
      failures: new Map(box?.failures),
      considered: box?.considered ?? new Set(),
      drafts: new Map(box?.drafts),
      unsent: new Set(box?.unsent),
      busy: this.#lanes.busy(),
    };
  }

  /** The Rollout as it was last, for what is told when it is gone. */
  know(owner: OutboxOwner, rollout: Rollout): void {
    this.#box(owner).lastSeen = rollout;
  }

  lastSeen(key: ReconcileKey): Rollout | undefined {
    const boxes = [...this.#boxes.values()].filter((box) => isSameKey(box.key, key));
    return boxes.map(({ lastSeen }) => lastSeen).findLast((rollout) => rollout !== undefined);
  }

  /** Forgets Rollouts of this name, but for the one with that uid and those with messages under way. */
  forget(key: ReconcileKey, keep?: string): void {
    for (const [uid, box] of this.#boxes) {
      if (uid !== keep && isSameKey(box.key, key) && box.sending.size === 0) this.#boxes.delete(uid);
    }
  }

  /**
   * The Rollout is gone. What is told of its end comes soon after; then it is forgotten, unless a message is still open.
   * @returns when to look again; `undefined` when there is nothing left of it.
   */
  mourn(owner: OutboxOwner): Instant | undefined {
    const box = this.#box(owner);
    const now = this.#now();
    box.goneAt ??= now;
    const until = addMs(box.goneAt, mourningMs);
    const isOpen = [...box.failures.values()].some(({ isFinal }) => !isFinal);
    if (now >= until && !isOpen) this.forget(owner.key);
    return now < until || isOpen ? addMs(now, mourningMs) : undefined;
  }

  /** A pass is over: it has looked at these occurrences, and only these keys can still lead to a message. */
  settle(owner: OutboxOwner, considered: Iterable<string>, { keys, waiting }: NotifyDecision): void {
    const box = this.#box(owner);
    box.considered = new Set(considered);
    for (const key of box.failures.keys()) if (!keys.has(key)) box.failures.delete(key);
    for (const key of box.drafts.keys()) if (!keys.has(key)) box.drafts.delete(key);
    for (const key of box.unsent) if (!keys.has(key)) box.unsent.delete(key);
    for (const delivery of waiting) {
      box.drafts.set(delivery.key, delivery);
      this.#lanes.wait(laneOf(delivery.destination), owner.key);
    }
    this.#lanes.wake();
  }

  /** These are about to be noted as told: until they are begun they were not sent, whatever the API server has stored. */
  announce(owner: OutboxOwner, deliveries: readonly Delivery[]): void {
    for (const { key } of deliveries) this.#box(owner).unsent.add(key);
  }

  /** Whether this is said for the first time. */
  isNews(owner: OutboxOwner, text: string): boolean {
    const { said } = this.#box(owner);
    if (said.has(text)) return false;
    if (said.size >= mostSaid) said.clear();
    said.add(text);
    return true;
  }

  /** A message that cannot be made with this configuration. */
  hold(owner: OutboxOwner, { key, version }: NotifyProblem): void {
    if (key === undefined) return;
    const { failures } = this.#box(owner);
    failures.set(key, afterBadConfig(failures.get(key), this.#now(), version));
  }

  /** Sends; its end asks for a pass. `onEnd` hears of it first. */
  begin(owner: OutboxOwner, delivery: Delivery, send: Send, onEnd: OnEnd): void {
    const abort = new AbortController();
    const box = this.#box(owner);
    box.sending.set(delivery.key, abort);
    box.unsent.delete(delivery.key);
    box.drafts.set(delivery.key, delivery);
    const lane = laneOf(delivery.destination);
    this.#lanes.begin(lane, delivery.destination.service);
    const run = async (): Promise<void> => {
      const startedAt = this.#now();
      const error = await outcomeOf(send(delivery, abort.signal));
      const failure = this.#ended(owner, delivery, error);
      if (!this.#isEnded) onEnd(error, failure, startedAt);
      this.#enqueue(owner.key);
      this.#lanes.end(lane);
    };
    void this.#track(run());
  }

  #track(work: Promise<void>): Promise<void> {
    this.#running.add(work);
    return work.finally(() => this.#running.delete(work));
  }

  #ended(owner: OutboxOwner, delivery: Delivery, error: AppError | undefined): Failure | undefined {
    const box = this.#box(owner);
    box.sending.delete(delivery.key);
    if (error === undefined) {
      box.failures.delete(delivery.key);
      box.drafts.delete(delivery.key);
      return undefined;
    }
    const { retryAfterMs } = error;
    const failure = afterFailedTry(box.failures.get(delivery.key), {
      at: this.#now(),
      version: delivery.version,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      isLasting: error.class !== 'Transient',
    });
    box.failures.set(delivery.key, failure);
    return failure;
  }

  #box({ uid, key }: OutboxOwner): Mailbox {
    const known = this.#boxes.get(uid);
    if (known !== undefined) return known;
    const box: Mailbox = {
      key,
      sending: new Map(),
      failures: new Map(),
      drafts: new Map(),
      unsent: new Set(),
      considered: new Set(),
      said: new Set(),
    };
    this.#boxes.set(uid, box);
    return box;
  }
}

function isSameKey(a: ReconcileKey, b: ReconcileKey): boolean {
  return a.namespace === b.namespace && a.name === b.name;
}

async function outcomeOf(work: Promise<void>): Promise<AppError | undefined> {
  try {
    await work;
    return undefined;
  } catch (thrown) {
    // What goes wrong with a message is told and tried again; it fails nothing else.
    return toAppError(thrown);
  }
}
