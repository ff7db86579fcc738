import { addMs, type Instant } from '#core/time/instant.js';
import { groupKey, wordsOf, type Recorded } from './event-object.js';

/** What is done about one more event: a new Event object, or a count on one that is there. */
export interface EventWrite {
  /** Names the Event object in memory. */
  readonly id: string;
  readonly message: string;
  readonly count: number;
  readonly firstAt: Instant;
  /** Of the Event object that holds the count; absent: create one. */
  readonly name?: string;
  /** When the same was recorded before. */
  readonly previousAt?: Instant;
}

interface Counted {
  readonly count: number;
  readonly firstAt: Instant;
  readonly lastAt: Instant;
  readonly name?: string;
}

interface Similar {
  readonly messages: ReadonlySet<string>;
  readonly lastAt: Instant;
}

/** Events with more different messages than this within the interval are counted on one object. */
const similarLimit = 10;
const similarIntervalMs = 600_000;
const remembered = 4096;

/**
 * Which events have been told, so that equal ones are counted instead of repeated: equal means object, type, reason and
 * message. Many similar ones (all but the message) are combined. Bounded: the oldest are forgotten.
 */
export class EventLog {
  readonly #counted = new Map<string, Counted>();
  readonly #similar = new Map<string, Similar>();

  /** Takes one in that may stand for several. */
  take(recorded: Recorded): EventWrite {
    const group = groupKey(recorded);
    const words = wordsOf(recorded).join('; ');
    const isMany = this.#countSimilar(group, words, recorded.at) > similarLimit;
    // Words that belong together by their nature need no such remark.
    const isCombined = isMany || (wordsOf(recorded).length > 1 && recorded.event.pace !== 'together');
    const message = isCombined ? `(combined from similar events): ${words}` : words;
    return this.#counting(isMany ? group : `${group}\n${words}`, message, recorded);
  }

  #counting(id: string, message: string, { at, lastAt = at, times = 1 }: Recorded): EventWrite {
    const known = this.#counted.get(id);
    const isRecent = known !== undefined && at < addMs(known.lastAt, similarIntervalMs);
    const next: Counted = isRecent
      ? { ...known, count: known.count + times, lastAt }
      : { count: times, firstAt: at, lastAt };
    remember(this.#counted, id, next);
    const name = next.name === undefined ? {} : { name: next.name };
    const previous = isRecent ? { previousAt: known.lastAt } : {};
    return { id, message, count: next.count, firstAt: next.firstAt, ...name, ...previous };
  }

  /** The Event object that now holds the count. */
  stored(id: string, name: string): void {
    const known = this.#counted.get(id);
    if (known !== undefined) this.#counted.set(id, { ...known, name });
  }

  /** The Event object is gone: the next equal event makes a new one. */
  forget(id: string): void {
    this.#counted.delete(id);
  }

  #countSimilar(group: string, message: string, now: Instant): number {
    const known = this.#similar.get(group);
    const isRecent = known !== undefined && now < addMs(known.lastAt, similarIntervalMs);
    const messages = new Set(isRecent ? known.messages : []);
    if (messages.size <= similarLimit) messages.add(message);
    remember(this.#similar, group, { messages, lastAt: now });
    return messages.size;
  }
}

function remember<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > remembered && oldest !== undefined) map.delete(oldest);
}
