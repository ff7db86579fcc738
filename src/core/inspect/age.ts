import { humanDuration } from '#core/time/human-duration.js';
import { parseInstant, type Instant } from '#core/time/instant.js';

/** How long ago a time was, in kubectl's words; empty when it is unknown. */
export function ageSince(time: string | null | undefined, now: Instant): string {
  const at = parseInstant(time ?? undefined);
  return at === undefined ? '' : humanDuration(Math.max(0, now - at));
}
