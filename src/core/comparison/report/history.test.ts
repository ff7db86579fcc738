import { expect } from 'chai';
import * as fc from 'fast-check';
import { addPoint, mostPoints, readHistory, storeHistory, type History } from './history.js';

const pointAt = (look: number) => ({
  look,
  seconds: look * 60,
  low: 0,
  high: 80 - (look % 7),
  ...(look % 3 === 0 ? {} : { best: look % 81 }),
  worse: look / 4,
  good: -look,
});

const after = (looks: number): History =>
  Array.from({ length: looks }, (_, i) => pointAt(i + 1)).reduce<History>(addPoint, []);

describe('history of a comparison', () => {
  it('has a bound, covers the whole evenly, and ends with the newest look', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), (looks) => {
        const history = after(looks);
        expect(history.length).to.be.at.most(mostPoints);
        expect(history.length).to.be.at.least(Math.min(looks, mostPoints / 2 - 1));
        expect(history.at(-1)?.look).to.equal(looks);
        const gaps = history.slice(1, -1).map(({ look }, i) => look - (history[i]?.look ?? 0));
        expect(new Set(gaps).size).to.be.at.most(1);
      }),
      { seed: 7, numRuns: 60 },
    );
  });

  it('is the same after it was stored', () => {
    const history = after(25);
    expect(readHistory(JSON.parse(JSON.stringify(storeHistory(history))))).to.deep.equal(history);
  });

  it('leaves out what is no point', () => {
    for (const stored of [undefined, {}, 'x', [1], [[1, 2]], [['a', 0, 0, 80, 1, 0, 0]]]) {
      expect(readHistory(stored)).to.deep.equal([]);
    }
  });

  it('stores evidence without end as a number', () => {
    const [stored] = storeHistory([{ ...pointAt(1), worse: Infinity, good: -Infinity }]);
    expect(stored?.slice(-2)).to.deep.equal([9999, -9999]);
  });
});
