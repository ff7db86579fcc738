import { createHash } from 'node:crypto';
import type { GitRefs } from '#core/gitops/source/git/git-refs.js';
import type { Clock } from '#ports/clock.js';
import type { GitAccess, GitCheckout, GitRemote } from '#ports/git-remote.js';

/** A fetched commit is handed out again for this long, as long as all that are kept are not larger than `maxKeptBytes`. */
const keptMs = 2 * 60_000;
const maxKeptBytes = 64 * 1024 * 1024;

interface Kept {
  readonly checkout: Promise<GitCheckout>;
  bytes: number;
  readonly until: number;
}

/** Calls for one listing: one is under way, those behind it share the next. */
interface Listing {
  current: Promise<GitRefs>;
  next?: Promise<GitRefs>;
}

/**
 * One listing and one fetch serve many objects that name the same repository with the same credentials. A listing that
 * somebody gets has always begun after he asked, so that a push just before the call is in it. A commit never changes,
 * so what was fetched of it is handed out again for a while.
 */
export function createSharedGit(git: GitRemote, clock: Clock): GitRemote {
  const listings = new Map<string, Listing>();
  const kept = new Map<string, Kept>();

  const begin = (key: string, access: GitAccess): Promise<GitRefs> => {
    const current = git.listRefs(access);
    const listing: Listing = { current };
    listings.set(key, listing);
    const done = () => {
      if (listings.get(key) === listing && listing.next === undefined) listings.delete(key);
    };
    current.then(done, done);
    return current;
  };
  const listRefs = (access: GitAccess): Promise<GitRefs> => {
    const key = keyOf(access);
    const running = listings.get(key);
    if (running === undefined) return begin(key, access);
    const start = () => begin(key, access);
    return (running.next ??= running.current.then(start, start));
  };
  const forget = (): void => {
    const now = clock.now();
    let total = 0;
    for (const [key, entry] of [...kept].reverse()) {
      total += entry.bytes;
      if (entry.until <= now || total > maxKeptBytes) kept.delete(key);
    }
  };

  return {
    listRefs,
    fetch: async (access, wanted) => {
      forget();
      const key = keyOf({ ...access, wanted });
      const known = kept.get(key);
      if (known !== undefined) return known.checkout;
      const checkout = git.fetch(access, wanted);
      const entry: Kept = { checkout, bytes: 0, until: clock.now() + keptMs };
      kept.set(key, entry);
      try {
        const { files } = await checkout;
        entry.bytes = files.reduce((sum, { content }) => sum + content.length, 0);
        forget();
        return await checkout;
      } catch (thrown) {
        kept.delete(key);
        throw thrown;
      }
    },
  };
}

/** Who asks what of whom; credentials are part of it, so that nobody gets what his own would not open. */
function keyOf({ timeoutMs: _timeout, ...access }: GitAccess & { readonly wanted?: unknown }): string {
  return createHash('sha256').update(JSON.stringify(access)).digest('hex');
}
