import { unlikeliness } from './binomial.js';
import { stretchesOf, versionsByHash, type Story, type Stretch } from './story.js';

/** The share that a version got from the moment on in which the step that sets it was done. */
export interface Share {
  readonly weight: number;
  readonly requests: number;
  readonly hits: number;
  /** Outside of the bounds that hold in 99.9 of 100 cases. */
  readonly isMissed: boolean;
  /** So far outside that chance does not explain it, however many windows are looked at. */
  readonly isWrong: boolean;
}

const fewest = 60;

/** One share for each pause behind a weight. */
export function sharesOf(story: Story): readonly Share[] {
  const versions = versionsByHash(story);
  return stretchesOf(story).flatMap((stretch) => {
    const weight = doneWeight(stretch);
    if (weight === undefined) return [];
    const canary = versions.get(stretch.status.currentPodHash);
    const asked = story.answers.filter(({ at, tookMs, isMarked, version }) => {
      return at >= stretch.from && at + tookMs < stretch.to && !isMarked && version !== '';
    });
    if (asked.length < fewest) return [];
    const hits = asked.filter(({ version }) => version === canary).length;
    const chance = unlikeliness(hits, asked.length, weight / 100);
    return [{ weight, requests: asked.length, hits, isMissed: chance < 1e-3, isWrong: chance < 1e-6 }];
  });
}

/** The weight of a step that is done while the pause behind it lasts. */
function doneWeight({ status, spec }: Stretch): number | undefined {
  const steps: readonly any[] = spec.strategy.canary?.steps ?? [];
  const index: number = status.currentStepIndex ?? 0;
  const isPausing = steps[index]?.pause !== undefined && status.abort !== true && status.phase === 'Paused';
  if (!isPausing) return undefined;
  const weight = steps.slice(0, index).findLast((step) => step.setWeight !== undefined)?.setWeight ?? 0;
  return status.canary?.weights?.canary.weight === weight ? weight : undefined;
}
