import { isEqual } from '#core/json/json.js';
import type { Release } from './releases.js';
import { tell, type Ending, type Telling } from './tell.js';

/** What a trouble changed; all of it is a fault. */
export interface Difference {
  readonly what: 'another end' | 'lost step' | 'repeated step' | 'extra revision' | 'dropped' | 'stuck';
  readonly detail: string;
}

const undisturbed = new Map<string, Promise<Ending>>();

/** How a release ends that nothing disturbs; told once. */
export function whole(release: Release): Promise<Ending> {
  const known = undisturbed.get(release.name) ?? tell(release, { disturbances: [] });
  undisturbed.set(release.name, known);
  return known;
}

/** Tells a release with troubles and says what is not as without them. */
export async function compare(release: Release, telling: Telling): Promise<readonly Difference[]> {
  const right = await whole(release);
  try {
    return differences(right, await tell(release, telling));
  } catch (thrown) {
    return [{ what: 'stuck', detail: thrown instanceof Error ? thrown.message : String(thrown) }];
  }
}

function differences(right: Ending, is: Ending): readonly Difference[] {
  const lost = right.steps.filter((step) => !is.steps.includes(step));
  const repeated = is.steps.filter(
    (step, i) => count(is.steps.slice(0, i + 1), step) > count(right.steps, step),
  );
  const extra = is.revisions.filter((revision) => !right.revisions.includes(revision));
  return [
    ...lost.map((detail) => ({ what: 'lost step', detail }) as const),
    ...repeated.map((detail) => ({ what: 'repeated step', detail }) as const),
    ...(extra.length + is.revisions.length > right.revisions.length
      ? [{ what: 'extra revision', detail: is.revisions.join() } as const]
      : []),
    ...is.broken.map((detail) => ({ what: 'dropped', detail }) as const),
    ...(isEqual(right.state, is.state)
      ? []
      : [{ what: 'another end', detail: JSON.stringify([right.state, is.state]) } as const]),
  ];
}

function count(steps: readonly string[], step: string): number {
  return steps.filter((one) => one === step).length;
}
