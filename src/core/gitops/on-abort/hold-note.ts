import { onAbortKeys } from '#api/flux/words.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { isObject } from '#core/json/json.js';
import { textAt } from '#core/json/read.js';

/** What stands on a Rollout that is held. It goes with the held template in one write, so that neither is lost. */
export interface HoldNote {
  /** Of the workload as the source has it: another one ends the hold. */
  readonly digest: string;
  /** The revision of the source whose release was aborted. */
  readonly revision: string;
  /** Why, in the words of the Rollout. */
  readonly reason: string;
  /** RFC 3339. */
  readonly since: string;
  /** The pod template hash of the last good revision. */
  readonly hash: string;
}

/** The note on a live Rollout; `undefined` when there is none, or none that can be read. */
export function holdNoteOf({ metadata }: KubeObject): HoldNote | undefined {
  const parsed = parseJson(metadata.annotations?.[onAbortKeys.held]);
  const [digest, hash] = [textAt(parsed, 'digest'), textAt(parsed, 'hash')];
  if (digest === undefined || hash === undefined) return undefined;
  const text = (field: string) => textAt(parsed, field) ?? '';
  return { digest, hash, revision: text('revision'), reason: text('reason'), since: text('since') };
}

/** The object with the note, as the annotation that {@link holdNoteOf} reads. */
export function withHoldNote<T extends KubeObject>(object: T, note: HoldNote): T {
  const { digest, hash, revision, reason, since } = note;
  const text = JSON.stringify({ hash, revision, since, reason, digest });
  const annotations = { ...object.metadata.annotations, [onAbortKeys.held]: text };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

function parseJson(text: string | undefined): unknown {
  try {
    const parsed: unknown = JSON.parse(text ?? '');
    return isObject(parsed) ? parsed : undefined;
  } catch {
    // Somebody else wrote it: then nothing is held.
    return undefined;
  }
}
