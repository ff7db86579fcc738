import { kinds } from '#api/kinds.js';
import { versionOf } from '../app.js';
import type { Act } from '../life.js';
import type { Answer } from '../answers.js';
import type { Timeline, Write } from '../timeline.js';
import type { TrafficRouter } from '../routers/router.js';

/** All that is known of one run when it is over. */
export interface Story {
  readonly router: TrafficRouter;
  readonly timeline: Pick<Timeline, 'writes' | 'of'>;
  readonly answers: readonly Answer[];
  readonly acts: readonly Act[];
  readonly endedAt: number;
}

/** Which version has which pod hash. */
export function versionsByHash({ timeline }: Story): ReadonlyMap<string, string> {
  return new Map(
    timeline.of(kinds.replicaSet).map(({ object }) => {
      const hash: string = object.metadata.labels['rollouts-pod-template-hash'] ?? '';
      return [hash, versionOf(object.spec.template.spec)];
    }),
  );
}

/** Writes that move traffic: to Services and to the routes of the router. */
export function trafficWrites({ router, timeline }: Story): readonly Write[] {
  return [kinds.service, ...router.routeKinds]
    .flatMap((kind) => timeline.of(kind))
    .toSorted((a, b) => a.version - b.version);
}

/** Watches tell so much later than the proxies may: what is answered so shortly before a change is not judged by the state before it. */
const toldLateMs = 500;

/** A stretch of time in which the status of the Rollout promised the same, and nothing was written that moves traffic. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly status: any;
  readonly spec: any;
}

/** The run cut wherever the promise, the routes or the selectors changed. */
export function stretchesOf(story: Story): readonly Stretch[] {
  const rollouts = story.timeline.of(kinds.rollout).filter(({ type }) => type !== 'DELETED');
  const moved = trafficWrites(story);
  const cuts = [...rollouts, ...moved].toSorted((a, b) => a.version - b.version);
  const stretches: Stretch[] = [];
  let known: Write | undefined;
  for (const write of cuts) {
    const before = stretches.at(-1);
    const isRollout = write.object.kind === 'Rollout';
    if (isRollout) known = write;
    if (known === undefined) continue;
    const { status = {}, spec } = known.object;
    if (isRollout && before !== undefined && promiseOf(before.status) === promiseOf(status)) continue;
    if (before !== undefined) stretches[stretches.length - 1] = { ...before, to: write.at - toldLateMs };
    stretches.push({ from: write.at, to: story.endedAt, status, spec });
  }
  return stretches;
}

/** What of a status says who gets requests. */
function promiseOf({
  phase,
  stableRS,
  currentPodHash,
  currentStepIndex,
  canary,
  blueGreen,
  traffic,
}: any): string {
  const { weights } = canary ?? {};
  return JSON.stringify([
    phase === 'Healthy',
    stableRS,
    currentPodHash,
    currentStepIndex,
    weights?.canary,
    weights?.stable,
    blueGreen?.activeSelector,
    traffic?.routes,
  ]);
}
