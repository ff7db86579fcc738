import type { Rollout, WhyEntry } from '#api/argoproj/rollout.js';
import type { Wait } from '#core/decision/decision.js';
import { humanDuration } from '#core/time/human-duration.js';
import { parseInstant, type Instant } from '#core/time/instant.js';

/** What a Rollout waits for as text, one line each, outermost first; empty when it waits for nothing. */
export function whyLines(rollout: Rollout, now: Instant): readonly string[] {
  return (rollout.status?.why ?? []).map((entry) => whyLine(entry, now));
}

/** For instance `5m10s  a person to promote or abort (Rollout/shop/web; a person)`. */
function whyLine({ what, object, since, until, unblockedBy }: WhyEntry, now: Instant): string {
  const began = parseInstant(since);
  const ends = parseInstant(until);
  const age = began === undefined ? '?' : humanDuration(Math.max(0, now - began));
  const rest = ends === undefined ? '' : `, ${humanDuration(Math.max(0, ends - now))} left`;
  return `${age}  ${what} (${object}; ${unblockedBy}${rest})`;
}

/** The same as waits of a pass, for readers beside which no controller runs. */
export function waitsOfStatus(status: Rollout['status']): readonly Wait[] {
  return (status?.why ?? []).map(({ what, object, since, until, unblockedBy, reason }) => {
    const began = parseInstant(since);
    const ends = parseInstant(until);
    return {
      what,
      object,
      ...(began === undefined ? {} : { since: began }),
      ...(ends === undefined ? {} : { until: ends }),
      unblockedBy,
      ...(reason === undefined ? {} : { reason }),
    };
  });
}
