import { addMs, type Instant } from '#core/time/instant.js';
import { groupKey, subjectKey, wordsOf, type Recorded } from './event-object.js';

export interface EventPaceOptions {
  /** For how long an event may be held at most; 0 holds none. */
  readonly holdMs: number;
}

/** An object that was silent for a while may tell so many events at once, and one more for each of these times. */
const burst = 12;
const refillMs = 2000;
/** When more objects than these have events held, every reason is told once for each of them, with all the words. */
const crowd = 10;
const remembered = 4096;

interface Allowance {
  readonly left: number;
  readonly at: Instant;
}

/**
 * How soon events are told. An object that has little to tell tells it at once. What a release in a hurry tells beyond
 * that is held for a moment: repetitions become a count, sizes one Event with the words of each, and the rest is told as
 * it is, in its order. Whatever somebody waits for takes along what is held before it.
 */
export class EventPace {
  readonly #holdMs: number;
  readonly #allowances = new Map<string, Allowance>();
  /** By object, in the order in which the first of each was held. */
  readonly #held = new Map<string, Recorded[]>();
  #size = 0;

  constructor(options: EventPaceOptions) {
    this.#holdMs = options.holdMs;
  }

  /** Takes one more event in. @returns what is to be told now, in its order. */
  take(recorded: Recorded): readonly Recorded[] {
    const key = subjectKey(recorded.object);
    const { type, pace } = recorded.event;
    const held = this.#held.get(key);
    const isFree = this.#spend(key, recorded.at) && held === undefined;
    if (isFree || this.#holdMs === 0) return [recorded];
    if (type === 'Warning' || pace === 'at-once') return [...this.#release(key), recorded];
    if (held === undefined) this.#held.set(key, [recorded]);
    else held.push(recorded);
    this.#size++;
    return [];
  }

  /** How many events are held. */
  get size(): number {
    return this.#size;
  }

  /** When the next ones are due; `undefined` while none is held. */
  dueAt(): Instant | undefined {
    const [oldest] = this.#held.values();
    const at = oldest?.[0]?.at;
    return at === undefined ? undefined : addMs(at, this.#holdMs);
  }

  /** What was held for long enough; with no moment, all. */
  due(now?: Instant): readonly Recorded[] {
    const isDue = ([first]: readonly Recorded[]) =>
      now === undefined || first === undefined || now >= addMs(first.at, this.#holdMs);
    const keys = [...this.#held].filter(([, held]) => isDue(held)).map(([key]) => key);
    const isCrowded = this.#held.size > crowd;
    return keys.flatMap((key) => this.#release(key, isCrowded));
  }

  #release(key: string, isCrowded = this.#held.size > crowd): readonly Recorded[] {
    const held = this.#held.get(key) ?? [];
    this.#held.delete(key);
    this.#size -= held.length;
    return gathered(held, isCrowded);
  }

  /** Whether the object may tell one more at once. */
  #spend(key: string, now: Instant): boolean {
    const known = this.#allowances.get(key);
    const left = known === undefined ? burst : Math.min(burst, known.left + (now - known.at) / refillMs);
    this.#allowances.delete(key);
    this.#allowances.set(key, { left: Math.max(0, left - 1), at: now });
    const [oldest] = this.#allowances.keys();
    if (this.#allowances.size > remembered && oldest !== undefined) this.#allowances.delete(oldest);
    return left >= 1;
  }
}

/** The same in as few as keep all words, each where the first of its kind was. */
function gathered(held: readonly Recorded[], isCrowded: boolean): readonly Recorded[] {
  const kept = new Map<string, Recorded>();
  for (const recorded of held) {
    const { message, pace } = recorded.event;
    const group = groupKey(recorded);
    const key = isCrowded || pace === 'together' ? group : `${group}\n${message}`;
    const before = kept.get(key);
    kept.set(key, before === undefined ? recorded : merged(before, recorded));
  }
  return [...kept.values()];
}

/** Two events of one reason as one, with the words of both. */
export function merged(before: Recorded, after: Recorded): Recorded {
  const messages = [...new Set([...wordsOf(before), ...wordsOf(after)])];
  return {
    ...before,
    messages,
    times: (before.times ?? 1) + (after.times ?? 1),
    lastAt: after.lastAt ?? after.at,
  };
}
