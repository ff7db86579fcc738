import type { Answer } from '../answers.js';
import { stretchesOf, versionsByHash, type Story, type Stretch } from './story.js';

/** Proxies may take so long to learn what a status promises. */
export const graceMs = 3000;

/** Answers of versions that the status had promised to be gone for longer than the grace. */
export interface WrongVersions {
  readonly wrong: readonly Answer[];
  /** How long after a promise the latest answer came that broke it; 0 when none did. */
  readonly latestMs: number;
}

export function wrongVersions(story: Story): WrongVersions {
  const versions = versionsByHash(story);
  const wrong: Answer[] = [];
  let latestMs = 0;
  for (const stretch of stretchesOf(story)) {
    const allowed = allowedIn(stretch, versions);
    if (allowed === undefined) continue;
    for (const answer of story.answers) {
      const isWithin = answer.at >= stretch.from && answer.at + answer.tookMs < stretch.to;
      if (!isWithin || answer.version === '' || allowed.has(answer.version)) continue;
      if (answer.isMarked && (stretch.status.traffic?.routes ?? []).length > 0) continue;
      const lateMs = answer.at - stretch.from;
      latestMs = Math.max(latestMs, lateMs);
      if (lateMs > graceMs) wrong.push(answer);
    }
  }
  return { wrong, latestMs };
}

/** The versions that may answer by the word of the status; `undefined` when it promises nothing. */
function allowedIn(
  { status }: Stretch,
  versions: ReadonlyMap<string, string>,
): ReadonlySet<string> | undefined {
  const hashes = promisedHashes(status);
  if (hashes.length === 0) return undefined;
  return new Set(hashes.map((hash) => versions.get(hash) ?? hash));
}

function promisedHashes(status: any): readonly string[] {
  const active = status.blueGreen?.activeSelector;
  if (active !== undefined) return [active];
  if (status.phase === 'Healthy') return [status.stableRS];
  const { weights } = status.canary ?? {};
  if (weights === undefined) return status.stableRS === undefined ? [] : [status.stableRS];
  const sides = [weights.canary, weights.stable].filter(({ weight }: any) => weight > 0);
  // Under a promotion the stable side is named before its selector has moved.
  return sides.flatMap(({ podTemplateHash }: any) =>
    podTemplateHash === undefined ? [] : [podTemplateHash],
  );
}

/** While a step with a header route is done and not yet left, marked requests belong to the canary. */
export function strayMarked(story: Story): readonly Answer[] {
  const versions = versionsByHash(story);
  return stretchesOf(story).flatMap(({ from, to, status, spec }) => {
    const { steps = [] } = spec.strategy.canary ?? {};
    const index = status.currentStepIndex ?? 0;
    const isHeld = status.phase === 'Paused' && (status.traffic?.routes ?? []).length > 0;
    if (!isHeld || steps[index]?.pause === undefined) return [];
    const canary = versions.get(status.currentPodHash) ?? '';
    return story.answers.filter(({ isMarked, version, at, tookMs }) => {
      return isMarked && version !== '' && version !== canary && at >= from && at + tookMs < to;
    });
  });
}
