import { expect } from 'chai';
import { instantOf } from '#core/time/instant.js';
import type { GitAccess, GitCheckout } from '#ports/git-remote.js';
import { createSharedGit } from './shared-git.js';

const access: GitAccess = { url: 'https://git.test/app', credentials: {}, timeoutMs: 1_000 };
const wanted = { commit: 'c', recurseSubmodules: false, sparseDirectories: [] };

describe('one fetch for many objects', () => {
  let calls: string[];
  let answers: ((value: string) => void)[];
  let now: number;

  const shared = () => {
    [calls, answers, now] = [[], [], 0];
    const later = (call: string): Promise<string> => {
      calls.push(call);
      return new Promise((resolve) => answers.push(resolve));
    };
    const checkout = (size: string): GitCheckout => {
      const file = { path: 'a', content: new Uint8Array(Number(size)), isExecutable: false };
      return { commit: 'c', subject: '', commitObject: new Uint8Array(), files: [file] };
    };
    const git = {
      listRefs: ({ credentials }: GitAccess) =>
        later(`list ${credentials.bearerToken ?? ''}`).then((hash) => ({ refs: { HEAD: hash } })),
      fetch: (_access: GitAccess, { commit }: { commit: string }) =>
        later(`fetch ${commit}`).then((size) => {
          if (size === 'bad') throw new Error('no such commit');
          return checkout(size);
        }),
    };
    const clock = { now: () => instantOf(now), schedule: () => () => undefined };
    return createSharedGit(git, clock);
  };

  it('lists once for all who ask while one listing is under way, after they asked', async () => {
    const git = shared();
    const first = git.listRefs(access);
    const others = [git.listRefs(access), git.listRefs({ ...access, timeoutMs: 5 })];
    expect(calls).to.deep.equal(['list ']);
    answers[0]?.('old');
    expect((await first).refs).to.deep.equal({ HEAD: 'old' });
    expect(calls).to.have.length(2);
    answers[1]?.('new');
    for (const other of others) expect((await other).refs).to.deep.equal({ HEAD: 'new' });
    void git.listRefs(access);
    expect(calls).to.have.length(3);
  });

  it('lists for each who comes with other credentials', () => {
    const git = shared();
    for (const bearerToken of ['a', 'b']) void git.listRefs({ ...access, credentials: { bearerToken } });
    expect(calls).to.deep.equal(['list a', 'list b']);
  });

  it('fetches a commit once, for two minutes, and a failed one again', async () => {
    const git = shared();
    const both = [git.fetch(access, wanted), git.fetch(access, wanted)];
    answers[0]?.('1');
    const [one, two] = await Promise.all(both);
    expect(one).to.equal(two);
    now = 119_000;
    expect(await git.fetch(access, wanted)).to.equal(one);
    now = 121_000;
    const again = git.fetch(access, wanted);
    expect(calls).to.have.length(2);
    answers[1]?.('bad');
    await again.catch((thrown: Error) => expect(thrown.message).to.equal('no such commit'));
    void git.fetch(access, wanted);
    expect(calls).to.have.length(3);
  });

  it('keeps no more than 64 MiB', async () => {
    const git = shared();
    for (const commit of ['a', 'b', 'c']) {
      const fetched = git.fetch(access, { ...wanted, commit });
      answers.at(-1)?.(String(30 * 1024 * 1024));
      await fetched;
    }
    void git.fetch(access, { ...wanted, commit: 'c' });
    expect(calls).to.have.length(3);
    void git.fetch(access, { ...wanted, commit: 'a' });
    expect(calls).to.have.length(4);
  });
});
