import { kinds } from '#api/kinds.js';
import { isDropped, type Answer } from '../answers.js';
import { sharesOf, type Share } from './shares.js';
import type { Story } from './story.js';
import { strayMarked, wrongVersions } from './versions.js';
import { serviceWritesOfAborts, writesBehindHealthy } from './writes.js';

/** What one run showed. */
export interface Verdict {
  readonly requests: number;
  readonly dropped: readonly Answer[];
  readonly wrong: readonly Answer[];
  /** How long after a promise of the status the latest answer came that broke it. */
  readonly latestMs: number;
  /** The most writes that one Service got by one abort. */
  readonly serviceWrites: number;
  readonly shares: readonly Share[];
  /** Why the run failed; none when it passed. */
  readonly faults: readonly string[];
}

const mostServiceWrites = 2;

/** Judges a run that came to its end; `cameToRest` tells whether nothing was written any more. */
export function judge(story: Story, cameToRest: boolean): Verdict {
  const until = endOfDuty(story);
  const answers = story.answers.filter(({ at }) => at < until);
  const judged = { ...story, answers };
  const dropped = answers.filter(isDropped);
  const { wrong: wrongOnes, latestMs } = wrongVersions(judged);
  const wrong = [...wrongOnes, ...strayMarked(judged)];
  const serviceWrites = serviceWritesOfAborts(judged);
  const shares = sharesOf(judged);
  const late = writesBehindHealthy(judged);
  const faults = [
    ...fault(dropped.length, 'dropped'),
    ...fault(wrong.length, 'of a wrong version'),
    ...(serviceWrites > mostServiceWrites ? [`${serviceWrites} writes of one Service by an abort`] : []),
    ...late.map(({ object }) => `${object.kind} ${object.metadata.name} was written behind Healthy`),
    ...shares.filter(({ isWrong }) => isWrong).map(tellShare),
    ...(cameToRest ? [] : ['did not come to rest']),
  ];
  return { requests: answers.length, dropped, wrong, latestMs, serviceWrites, shares, faults };
}

function fault(count: number, what: string): readonly string[] {
  return count === 0 ? [] : [`${count} ${what}`];
}

function tellShare({ weight, hits, requests }: Share): string {
  return `${hits} of ${requests} at weight ${weight}`;
}

/** A Rollout that is deleted takes its pods along: nobody can answer once they are told to go. */
function endOfDuty({ timeline, endedAt }: Story): number {
  const gone = timeline.of(kinds.rollout).find(({ type }) => type === 'DELETED');
  if (gone === undefined) return endedAt;
  const told = timeline
    .of(kinds.pod)
    .find(({ version, object }) => version > gone.version && object.metadata.deletionTimestamp !== undefined);
  return told?.at ?? endedAt;
}
