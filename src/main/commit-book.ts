import { commitFactsOf } from '#core/view/git/commit-facts.js';
import type { CommitFacts } from '#core/view/git/git-input.js';
import type { GitRemote } from '#ports/git-remote.js';

const remembered = 2000;

/** Who made the commits that this process has fetched, and what they say of them. Losing it costs those words only. */
export class CommitBook {
  readonly #facts = new Map<string, CommitFacts>();

  of(sha: string): CommitFacts | undefined {
    return this.#facts.get(sha);
  }

  note(sha: string, content: Uint8Array): void {
    const facts = commitFactsOf(Buffer.from(content).toString('utf8'));
    if (facts === undefined) return;
    this.#facts.delete(sha);
    this.#facts.set(sha, facts);
    const [oldest] = this.#facts.keys();
    if (this.#facts.size > remembered && oldest !== undefined) this.#facts.delete(oldest);
  }

  /** The same remote, whose fetched commits are noted. */
  noting(git: GitRemote): GitRemote {
    return {
      ...git,
      listRefs: (access) => git.listRefs(access),
      fetch: async (access, wanted) => {
        const checkout = await git.fetch(access, wanted);
        this.note(checkout.commit, checkout.commitObject);
        return checkout;
      },
    };
  }
}
