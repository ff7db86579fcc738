import { kinds } from '#api/kinds.js';
import type { Write } from '../timeline.js';
import { trafficWrites, type Story } from './story.js';

/** The most writes that one Service got by one abort. */
export function serviceWritesOfAborts(story: Story): number {
  const { acts, timeline, endedAt } = story;
  const counts = acts.flatMap(({ at, what }, index) => {
    if (what !== 'abort') return [];
    const until = acts[index + 1]?.at ?? endedAt;
    const written = timeline.of(kinds.service).filter((write) => write.at >= at && write.at < until);
    const named = written.map(({ object }): string => object.metadata.name);
    return named.map((name) => named.filter((other) => other === name).length);
  });
  return Math.max(0, ...counts);
}

/** Writes to Services and routes between a Healthy and the next thing that somebody did. */
export function writesBehindHealthy(story: Story): readonly Write[] {
  const { acts, timeline, endedAt } = story;
  let wasHealthy = false;
  return timeline.of(kinds.rollout).flatMap((write) => {
    const { metadata, status = {} } = write.object;
    const isHealthy = status.phase === 'Healthy' && status.observedGeneration === String(metadata.generation);
    const isNew = isHealthy && !wasHealthy;
    wasHealthy = isHealthy;
    if (!isNew) return [];
    const until = acts.find(({ at }) => at >= write.at)?.at ?? endedAt;
    return trafficWrites(story).filter(({ version, at }) => version > write.version && at < until);
  });
}
