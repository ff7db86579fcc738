import { isObject } from '#core/json/json.js';
import { sha1 } from '#core/digest/sha1.js';
import type { Instant } from '#core/time/instant.js';
import type { Destination } from './destination.js';

/**
 * What has been told of an object, as its annotation holds it: seconds since 1970 by key. A negative number is a delivery
 * that failed and will be tried again. The peer reads the same map (any number means told).
 */
export type Notified = ReadonlyMap<string, number>;

/** As the peer keeps; the oldest go first. */
const mostEntries = 100;
/** Events are gone from the API server after an hour; so long an entry may be needed, and a margin. */
const eventEntrySeconds = 2 * 3600;

/** Reads the annotation; an absent or unreadable one is empty. */
export function parseNotified(text: string | undefined): Notified {
  if (text === undefined || text === '') return new Map();
  try {
    const parsed: unknown = JSON.parse(text);
    const entries = isObject(parsed) ? Object.entries(parsed) : [];
    return new Map(
      entries.flatMap(([key, value]) => (typeof value === 'number' ? [[key, value] as const] : [])),
    );
  } catch (thrown) {
    // What somebody wrote into the annotation by hand; the peer begins anew as well.
    if (thrown instanceof SyntaxError) return new Map();
    throw thrown;
  }
}

/** The annotation's text, at most a hundred entries; `undefined` when there is nothing to keep. */
export function formatNotified(notified: Notified, now: Instant): string | undefined {
  const oldest = Math.floor(now / 1000) - eventEntrySeconds;
  const kept = [...notified]
    .filter(([key, at]) => !isEventKey(key) || Math.abs(at) >= oldest)
    .sort(([, a], [, b]) => Math.abs(b) - Math.abs(a))
    .slice(0, mostEntries)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return kept.length === 0 ? undefined : JSON.stringify(Object.fromEntries(kept));
}

/** What is told to whom, apart from when. */
export interface StateKeyParts {
  readonly trigger: string;
  /** Position of the condition in the trigger. */
  readonly index: number;
  readonly when: string;
  readonly destination: Destination;
  /** What `oncePer` gave, or which event it was; empty for neither. */
  readonly oncePer: string;
  /** Set for a configuration in the namespace of the object. */
  readonly namespace?: string;
}

/** The key of the peer's engine: `[oncePer:][namespace:]trigger:[i].hash:service:recipient`. */
export function stateKey({ trigger, index, when, destination, oncePer, namespace }: StateKeyParts): string {
  const { service, recipient } = destination;
  const key = `${trigger}:[${index}].${hashOf(when)}:${service}:${recipient}`;
  const scoped = namespace === undefined ? key : `${namespace}:${key}`;
  return oncePer === '' ? scoped : `${oncePer}:${scoped}`;
}

/** Names one occurrence of an event in keys. */
export function occurrenceId(uid: string, count: number): string {
  return `${uid.slice(0, 8)}#${count}`;
}

function isEventKey(key: string): boolean {
  return /^[^:]{1,40}#\d+:/.test(key);
}

const hashes = new Map<string, string>();
const mostHashes = 500;

/** SHA-1 in base64url without padding, as the peer names conditions. */
function hashOf(text: string): string {
  const known = hashes.get(text);
  if (known !== undefined) return known;
  const hash = btoa(String.fromCharCode(...sha1(text)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
  if (hashes.size >= mostHashes) hashes.clear();
  hashes.set(text, hash);
  return hash;
}
