import { shaOf } from '#core/alert/commit-status.js';
import { parseInstant } from '#core/time/instant.js';
import type { KubeEvent } from '../view-input.js';
import type { CommitView } from '../wire/git.js';
import type { CommitFacts } from './git-input.js';

/** `main@sha1:3f2a91c0…` as `main 3f2a91c`: the ref and seven digits. */
export function shortRevision(revision: string): string {
  return revision
    .replace(/@?sha\d+:([0-9a-f]{7})[0-9a-f]*$/, ' $1')
    .replace(/\/([0-9a-f]{7})[0-9a-f]{33,}$/, ' $1')
    .trim();
}

/** What is known of a revision; the subject of the newest one may be told by an event of its source alone. */
export function commitView(
  revision: string,
  commitOf: (sha: string) => CommitFacts | undefined,
  told: string | null = null,
): CommitView {
  const sha = shaOf(revision) ?? null;
  const facts = sha === null ? undefined : commitOf(sha);
  return {
    revision: shortRevision(revision),
    sha,
    author: facts?.author ?? null,
    subject: facts?.subject ?? told,
  };
}

/** The subject that a source told of when it stored an artifact at this moment; `null` when no event is left. */
export function toldSubject(events: readonly KubeEvent[], storedAt: string | undefined): string | null {
  const stored = parseInstant(storedAt);
  if (stored === undefined) return null;
  for (const event of events) {
    const subject = /^stored artifact for commit '(.*)'$/s.exec(event.message ?? '')?.[1];
    const at = parseInstant(event.lastTimestamp ?? event.firstTimestamp ?? undefined);
    if (subject !== undefined && at !== undefined && Math.abs(at - stored) < 10_000) return subject;
  }
  return null;
}
