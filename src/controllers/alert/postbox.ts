import pRetry from 'p-retry';
import type { Clock } from '#ports/clock.js';
import { type AppError, toAppError } from '#ports/errors.js';
import { SendLanes } from '../notification/send-lanes.js';

/** One message on its way. */
export interface Parcel {
  /** What it goes through, in order: its Provider. */
  readonly lane: string;
  /** One attempt; throws an AppError. */
  send(signal: AbortSignal): Promise<void>;
  /** Hears how it ended; an error is the last word. */
  onEnd(error: AppError | undefined): void;
}

export interface PostboxOptions {
  readonly clock: Clock;
  /** Beside the first attempt. Default 4. */
  readonly retries?: number;
  /** Before the first repetition; it doubles each time. Default 1 s. */
  readonly firstPauseMs?: number;
  /** Parcels that wait for one lane; more are refused. Default 500. */
  readonly mostWaiting?: number;
}

/** A service that asks for more patience than this is asked again all the same. */
const longestPauseMs = 60_000;

/** Parcels by lane: one after the other, at a bearable pace, and tried again when a service fails in passing. */
export class Postbox {
  readonly #lanes: SendLanes;
  readonly #waiting = new Map<string, Parcel[]>();
  readonly #running = new Set<Promise<void>>();
  readonly #end = new AbortController();
  readonly #options: Required<Omit<PostboxOptions, 'clock'>>;

  constructor({ clock, retries = 4, firstPauseMs = 1000, mostWaiting = 500 }: PostboxOptions) {
    this.#options = { retries, firstPauseMs, mostWaiting };
    this.#lanes = new SendLanes(clock, ({ name }) => this.#work(name));
  }

  /** `false` when too many wait already. */
  post(parcel: Parcel): boolean {
    const queue = this.#waiting.get(parcel.lane) ?? [];
    if (queue.length >= this.#options.mostWaiting || this.#end.signal.aborted) return false;
    this.#waiting.set(parcel.lane, [...queue, parcel]);
    this.#work(parcel.lane);
    return true;
  }

  /** Resolves when nothing is under way and nothing can be begun now. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** Gives up what is under way and what waits. */
  async close(): Promise<void> {
    this.#end.abort();
    this.#waiting.clear();
    await this.settled();
  }

  #work(lane: string): void {
    const [next, ...rest] = this.#waiting.get(lane) ?? [];
    if (next === undefined) return;
    if (this.#lanes.busy().has(lane)) {
      this.#lanes.wait(lane, { name: lane });
      return;
    }
    if (rest.length === 0) this.#waiting.delete(lane);
    else this.#waiting.set(lane, rest);
    this.#lanes.begin(lane, lane);
    if (rest.length > 0) this.#lanes.wait(lane, { name: lane });
    const running = this.#deliver(next).finally(() => {
      this.#running.delete(running);
      this.#lanes.end(lane);
    });
    this.#running.add(running);
  }

  async #deliver(parcel: Parcel): Promise<void> {
    const { signal } = this.#end;
    const { retries, firstPauseMs } = this.#options;
    try {
      await pRetry(() => parcel.send(signal), {
        retries,
        minTimeout: firstPauseMs,
        maxTimeout: longestPauseMs,
        randomize: firstPauseMs >= 1000,
        signal,
        shouldRetry: ({ error }) => toAppError(error).class === 'Transient',
        onFailedAttempt: ({ error, retriesLeft }) => {
          const { class: kind, retryAfterMs = 0 } = toAppError(error);
          return kind === 'Transient' && retriesLeft > 0 ? pause(retryAfterMs, signal) : undefined;
        },
      });
      parcel.onEnd(undefined);
    } catch (thrown) {
      // The parcel's owner tells of it; nobody waits for this promise.
      if (!signal.aborted) parcel.onEnd(toAppError(thrown));
    }
  }
}

/** What a service asked for comes before the pause that would be made anyway. */
function pause(ms: number, signal: AbortSignal): Promise<void> | undefined {
  if (ms <= 0) return undefined;
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, Math.min(ms, longestPauseMs));
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
