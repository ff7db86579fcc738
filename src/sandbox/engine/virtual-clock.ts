import { addMs, type Instant, instantOf } from '#core/time/instant.js';
import type { Clock } from '#ports/clock.js';
import { AppError } from '#ports/errors.js';

/** Somebody who has work to do before time may move. */
interface Participant {
  /** Does everything that can be done at this instant. @returns whether there was anything. */
  runReady(): Promise<boolean>;
}

/** Time that moves only when told to, from one scheduled thing to the next. Two equal runs see equal instants. */
export interface VirtualClock extends Clock {
  /** Time waits for this participant from now on. @returns a function that detaches it. */
  attach(participant: Participant): () => void;
  /** Runs everything that is ready without moving the time. */
  settle(): Promise<void>;
  /** Moves the time on by `ms`, running everything that becomes due on the way, and what is ready at the end. */
  advance(ms: number): Promise<void>;
  /**
   * Moves the time on until the moment, or until the predicate holds after some instant has come to rest.
   * @returns whether it was reached; `false` when the limit (default 24 h of virtual time) came first or nothing is left to happen.
   */
  runUntil(target: Instant | (() => boolean), options?: { readonly limitMs?: number }): Promise<boolean>;
}

interface Timer {
  readonly at: Instant;
  readonly order: number;
  readonly callback: () => void;
}

const dayMs = 86_400_000;
/** More rounds than this at one instant mean that two controllers chase each other. */
const maxRounds = 2_000;

/** A clock that stands at `start` until it is moved. */
export function createVirtualClock(start: Instant): VirtualClock {
  return new SteppedClock(start);
}

/** Whether time must be moved by hand, so that work has to be run by the clock and not by the event loop. */
export function isVirtualClock(clock: Clock): clock is VirtualClock {
  return clock instanceof SteppedClock;
}

class SteppedClock implements VirtualClock {
  #now: Instant;
  #order = 0;
  /** Sorted by moment, then by the order in which they were asked for. */
  readonly #timers: Timer[] = [];
  readonly #participants = new Set<Participant>();

  constructor(start: Instant) {
    this.#now = start;
  }

  now(): Instant {
    return this.#now;
  }

  schedule(at: Instant, callback: () => void): () => void {
    const timer: Timer = { at: instantOf(Math.max(at, this.#now)), order: this.#order++, callback };
    this.#timers.splice(this.#placeOf(timer), 0, timer);
    return () => {
      const index = this.#timers.indexOf(timer);
      if (index >= 0) this.#timers.splice(index, 1);
    };
  }

  attach(participant: Participant): () => void {
    this.#participants.add(participant);
    return () => void this.#participants.delete(participant);
  }

  async settle(): Promise<void> {
    for (let round = 0; round < maxRounds; round++) {
      const fired = this.#fireDue();
      let worked = false;
      for (const participant of this.#participants) worked = (await participant.runReady()) || worked;
      if (!worked && !fired) return;
    }
    throw new AppError(
      'BrokenInvariant',
      `the sandbox does not come to rest at ${new Date(this.#now).toISOString()}`,
    );
  }

  async advance(ms: number): Promise<void> {
    await this.runUntil(addMs(this.#now, ms));
  }

  async runUntil(
    target: Instant | (() => boolean),
    options: { readonly limitMs?: number } = {},
  ): Promise<boolean> {
    const isReached = typeof target === 'function' ? target : () => this.#now >= target;
    const end = typeof target === 'function' ? addMs(this.#now, options.limitMs ?? dayMs) : target;
    await this.settle();
    while (!isReached()) {
      const next = this.#timers[0]?.at;
      if (next === undefined || next > end) {
        if (typeof target === 'function' && next === undefined) return false;
        this.#now = end;
        return isReached();
      }
      this.#now = next;
      await this.settle();
    }
    return true;
  }

  #fireDue(): boolean {
    let fired = false;
    for (let timer = this.#timers[0]; timer !== undefined && timer.at <= this.#now; timer = this.#timers[0]) {
      this.#timers.shift();
      timer.callback();
      fired = true;
    }
    return fired;
  }

  #placeOf(timer: Timer): number {
    let low = 0;
    let high = this.#timers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#timers[middle];
      if (other !== undefined && other.at <= timer.at) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
