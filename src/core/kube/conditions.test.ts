import { expect } from 'chai';
import type { Condition } from '#api/k8s/meta.js';
import { instantOf } from '#core/time/instant.js';
import { removeCondition, setCondition } from './conditions.js';

const at = (seconds: number) => instantOf(seconds * 1000);
const ready: Condition = {
  type: 'Ready',
  status: 'True',
  reason: 'Applied',
  lastTransitionTime: '1970-01-01T00:00:01Z',
};

describe('conditions', () => {
  it('appends a new condition with the time of now', () => {
    expect(
      setCondition(undefined, { type: 'Ready', status: 'True', reason: 'Applied' }, at(1)),
    ).to.deep.equal([ready]);
  });

  it('keeps the transition time while the status stays', () => {
    const [next] = setCondition([ready], { type: 'Ready', status: 'True', reason: 'Again' }, at(9));
    expect(next).to.include({ reason: 'Again', lastTransitionTime: '1970-01-01T00:00:01Z' });
  });

  it('moves the transition time when the status turns, in the old place of the list', () => {
    const list: readonly Condition[] = [ready, { type: 'Other', status: 'False' }];
    const next = setCondition(list, { type: 'Ready', status: 'False', reason: 'Broken' }, at(9));
    expect(next.map((c) => c.type)).to.deep.equal(['Ready', 'Other']);
    expect(next[0]?.lastTransitionTime).to.equal('1970-01-01T00:00:09Z');
  });

  it('returns the very same list when nothing is said anew', () => {
    const list = [ready];
    expect(setCondition(list, { type: 'Ready', status: 'True', reason: 'Applied' }, at(9))).to.equal(list);
    expect(removeCondition(list, 'Stalled')).to.equal(list);
    expect(removeCondition(list, 'Ready')).to.deep.equal([]);
  });
});
