import { sha256Hex } from '#core/digest/sha256.js';

/** More would make some intervals so short that they are no rest. */
const maxPercent = 50;

/**
 * An interval made longer or shorter by up to so many percent (at most 50), so that objects made together are not looked at together
 * forever. The peer draws anew each time; here it follows from the uid alone, so that the same object always waits alike.
 */
export function spreadInterval(intervalMs: number, percent: number, uid: string | undefined): number {
  if (percent <= 0 || uid === undefined) return intervalMs;
  const share = Number.parseInt(sha256Hex(uid).slice(0, 8), 16) / 0xffff_ffff;
  return Math.round(intervalMs * (1 + (Math.min(percent, maxPercent) / 100) * (2 * share - 1)));
}
