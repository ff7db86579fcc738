import type { KustomizationRun } from '../model/kustomization-run.js';
import type { KustomizationSnapshot } from '../model/kustomization-snapshot.js';
import {
  draftOf,
  markProgress,
  setAttempted,
  type KustomizationDraft,
} from '../model/kustomization-status.js';

/** So long a run may take before anybody is told that it is under way: most are over by then. */
const silentMs = 1000;

/**
 * The draft of a run under way. The peer writes each of its steps into the status; here the first word is written when a
 * run takes its time, waits, or is about to make something new.
 */
export function progress(
  snapshot: KustomizationSnapshot,
  run: KustomizationRun,
  message: string,
  isToBeSaid = false,
): KustomizationDraft {
  const { object, now, source } = snapshot;
  const draft = draftOf(object, now);
  if (!isToBeSaid && (run.isQuiet || now - run.startedAt < silentMs)) return draft;
  const said = markProgress(draft, message);
  const revision = source.artifact?.revision;
  return run.built?.ok === true && revision !== undefined ? setAttempted(said, revision) : said;
}
