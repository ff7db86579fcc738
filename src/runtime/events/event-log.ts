import type { KubeObject } from '#api/k8s/meta.js';
import type { EventRecord } from '#core/decision/decision.js';
import { addMs, type Instant } from '#core/time/instant.js';

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

  take(object: KubeObject, event: EventRecord, now: Instant): EventWrite {
    const group = groupOf(object, event);
    const isCombined = this.#countSimilar(group, event.message, now) > similarLimit;
    const message = isCombined ? `(combined from similar events): ${event.message}` : event.message;
    return this.#counting(isCombined ? group : `${group}\n${event.message}`, message, 1, now);
  }

  /** Several at once that differ in the message alone: one Event that says all of their words. */
  takeTogether(object: KubeObject, events: readonly EventRecord[], now: Instant): EventWrite {
    const [first] = events;
    if (first === undefined) throw new RangeError('no events to tell together');
    const messages = [...new Set(events.map(({ message }) => message))];
    const text = `(combined from similar events): ${messages.join('; ')}`;
    return this.#counting(groupOf(object, first), text, events.length, now);
  }

  #counting(id: string, message: string, more: number, now: Instant): EventWrite {
    const known = this.#counted.get(id);
    const isRecent = known !== undefined && now < addMs(known.lastAt, similarIntervalMs);
    const next: Counted = isRecent
      ? { ...known, count: known.count + more, lastAt: now }
      : { count: more, firstAt: now, lastAt: now };
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

/** Everything but the message. */
function groupOf({ kind, metadata }: KubeObject, { type, reason }: EventRecord): string {
  return [metadata.uid ?? '', kind, metadata.namespace, metadata.name, type, reason].join('\n');
}

function remember<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > remembered && oldest !== undefined) map.delete(oldest);
}
