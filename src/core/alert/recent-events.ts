import { addMs, type Instant } from '#core/time/instant.js';

/** When each event was last taken, by its key; oldest first. */
export type RecentEvents = ReadonlyMap<string, Instant>;

/** As the peer's `--rate-limit-interval`. */
export const rateLimitMs = 300_000;
/** Beyond these the oldest are forgotten: a repetition is told again then. */
const most = 10_000;

/** Whether an event is news, and what to remember. One that is no news leaves the memory as it was. */
export function takeEvent(
  recent: RecentEvents,
  key: string,
  now: Instant,
  intervalMs: number = rateLimitMs,
): { readonly isNews: boolean; readonly recent: RecentEvents } {
  const last = recent.get(key);
  if (last !== undefined && now < addMs(last, intervalMs)) return { isNews: false, recent };
  const kept = [...recent].filter(([one, at]) => one !== key && now < addMs(at, intervalMs));
  return { isNews: true, recent: new Map([...kept.slice(-(most - 1)), [key, now]]) };
}
