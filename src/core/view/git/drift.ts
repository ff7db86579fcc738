import { fluxReasons } from '#api/flux/words.js';
import { type Instant, parseInstant } from '#core/time/instant.js';
import type { KubeEvent } from '../view-input.js';
import type { DriftView } from '../wire/git.js';

const hourMs = 3_600_000;

/** Who changed what that was set back, newest first, as the events of a Kustomization tell it. */
export function driftOf(events: readonly KubeEvent[]): readonly DriftView[] {
  return events
    .filter(({ reason }) => reason === fluxReasons.progressing)
    .flatMap((event) => {
      const at = parseInstant(event.lastTimestamp ?? event.eventTime ?? event.firstTimestamp ?? undefined);
      return at === undefined ? [] : driftsOf(event.message ?? '', at, event.count ?? 1);
    })
    .toSorted((a, b) => b.at - a.at);
}

/** How many of them are of the last hour. */
export function countDrift(drift: readonly DriftView[], now: Instant): number {
  return drift.filter(({ at }) => now - at < hourMs).reduce((sum, { count }) => sum + count, 0);
}

function driftsOf(message: string, at: Instant, count: number): readonly DriftView[] {
  return message.split('\n').flatMap((line) => {
    const [, object, words] = /(\S+\/\S+) configured: (.+)$/.exec(line) ?? [];
    if (object === undefined || words === undefined) return [];
    return words.split('; ').flatMap((part): readonly DriftView[] => {
      const [, who, fields] = /^(.+?) (?:changed|removed) (.+)$/.exec(part) ?? [];
      return who === undefined || fields === undefined ? [] : [{ at, object, who, fields, count }];
    });
  });
}
