import { expect } from 'chai';
import { type CommitState, findWayBack, revertMessage } from './way-back.js';

/** Newest first: `c4=two` is commit c4 with state two, `c4=` one that does not build. */
function states(text: string): readonly CommitState[] {
  return text.split(' ').map((word) => {
    const [sha = '', digest = ''] = word.split('=');
    return {
      sha,
      subject: `subject of ${sha}`,
      author: 'a',
      date: 'd',
      isMerge: false,
      ...(digest === '' ? {} : { digest }),
    };
  });
}

describe('the way back in Git (issue 7, deliver 7)', () => {
  for (const [what, text, to, expected] of [
    ['reverts the one commit that brought the state', 'c3=two c2=one', undefined, 'c2 < c3'],
    ['leaves commits alone that changed something else', 'c4=two c3=two c2=one', undefined, 'c2 < c3'],
    [
      'reverts all that changed it since the named commit',
      'c4=three c3=two c2=two c1=one',
      'c1',
      'c1 < c4 c2',
    ],
    ['goes back from what does not build', 'c3= c2=one', undefined, 'c2 < c3'],
    ['passes over what does not build', 'c4=two c3= c2=one', undefined, 'c2 < c4 c3'],
    [
      'refuses when there is no other state',
      'c2=one c1=one',
      undefined,
      'no other state in the last 2 commits of the branch',
    ],
    [
      'refuses a commit that is not there',
      'c2=two c1=one',
      'x',
      'no commit x in the last 2 commits of the branch',
    ],
    ['refuses a commit with the same state', 'c2=one c1=one', 'c1', 'commit c1 has the same state already'],
  ] as const) {
    it(what, () => {
      const way = findWayBack(states(text), to);
      const said = way.ok
        ? `${way.target.sha} < ${way.reverted.map(({ sha }) => sha).join(' ')}`
        : way.problem;
      expect(said).to.equal(expected);
    });
  }

  it('says in the commit what it reverts, and why', () => {
    const way = findWayBack(states('c3=two c2=one'));
    if (!way.ok) throw new Error(way.problem);
    expect(revertMessage('Deployment/shop/web', way, 'errors since noon')).to.equal(
      'Revert Deployment/shop/web to c2\n\nThis reverts commit c3 ("subject of c3").\nIt brings back the state of c2 ("subject of c2").\n\nerrors since noon\n',
    );
  });
});
