import { expect } from 'chai';
import { surgeAndUnavailable } from '../spec/canary-settings.js';
import { basicLadder } from './basic-ladder.js';
import { basicSplit } from './basic-split.js';

describe('basic canary split', () => {
  const table: readonly [
    replicas: number,
    canSurge: boolean,
    weights: number[],
    canary: number,
    stable: number,
  ][] = [
    [1, false, [1, 25, 49], 0, 1],
    [1, false, [50, 75, 99], 1, 0],
    [1, true, [1, 50, 99], 1, 1],
    [2, false, [1, 30, 50, 74, 99], 1, 1],
    [2, true, [1], 1, 2],
    [2, true, [50], 1, 1],
    [2, true, [99], 2, 1],
    [3, false, [10, 25, 33, 34, 49], 1, 2],
    [3, false, [50], 2, 1],
    [3, true, [10, 25], 1, 3],
    [3, true, [33, 34], 1, 2],
    [3, true, [49, 50], 2, 2],
    [3, true, [75], 3, 1],
    [4, false, [25], 1, 3],
    [4, false, [50], 2, 2],
    [4, true, [10], 1, 4],
    [4, true, [33], 2, 3],
    [4, true, [80], 4, 1],
    [5, false, [10], 1, 4],
    [5, false, [50], 3, 2],
    [5, true, [33], 2, 4],
    [5, true, [50], 3, 3],
    [5, true, [90], 5, 1],
    [10, false, [1, 14], 1, 9],
    [10, false, [15], 2, 8],
    [10, false, [75], 8, 2],
    [10, false, [99], 9, 1],
    [10, true, [1], 1, 10],
    [10, true, [10], 1, 9],
    [10, true, [18], 2, 9],
    [10, true, [20], 2, 8],
    [10, true, [24, 25], 3, 8],
    [10, true, [99], 10, 1],
    [0, true, [50], 0, 0],
  ];
  for (const [replicas, canSurge, weights, canary, stable] of table) {
    for (const weight of weights) {
      it(`gives ${canary}/${stable} for ${weight} of ${replicas}${canSurge ? ' with surge' : ''}`, () => {
        expect(basicSplit(replicas, weight, 100, canSurge)).to.deep.equal({ canary, stable });
      });
    }
  }
  const lost: readonly [number, number][] = [
    [2, 75],
    [5, 90],
    [10, 95],
    [25, 98],
    [50, 99],
  ];
  for (const [replicas, weight] of lost) {
    it(`keeps a canary for ${weight} of ${replicas} without surge, where the peer takes it away`, () => {
      const split = basicSplit(replicas, weight, 100, false);
      expect(split).to.deep.equal({ canary: replicas - 1, stable: 1 });
    });
  }
});

describe('basic canary ladder', () => {
  type Row = readonly [
    replicas: number,
    weight: number,
    surge: number | string,
    unavailable: number | string,
    stable: string,
    canary: string,
    old: string,
    toStable: number,
    toCanary: number,
  ];
  const table: readonly Row[] = [
    [10, 100, 3, 0, '7/8', '6/3', '', 7, 6],
    [10, 20, 2, 0, '10/10', '0/0', '', 10, 2],
    [10, 20, '20%', 0, '10/10', '2/2', '', 8, 2],
    [10, 20, 0, 2, '10/10', '0/0', '', 8, 0],
    [10, 30, 0, 2, '10/10', '0/0', '', 8, 0],
    [10, 50, 2, 1, '10/10', '0/0', '', 9, 2],
    [10, 0, 1, 1, '10/10', '1/1', '', 10, 0],
    [10, 100, 1, 1, '1/1', '10/10', '', 0, 10],
    [1, 20, 1, 0, '1/1', '0/0', '', 1, 1],
    [1, 49, 0, 1, '1/1', '0/0', '', 1, 0],
    [1, 51, 0, 1, '1/1', '0/0', '', 0, 0],
    [1, 51, 0, 1, '0/0', '0/0', '', 0, 1],
    [10, 30, 1, 0, '1/1', '0/0', '3/3', 7, 1],
    [10, 30, 0, 3, '8/5', '4/4', '', 7, 3],
    [10, 100, 1, 0, '10/2', '10/8', '', 2, 9],
    [10, 30, 0, 1, '8/6', '4/2', '3/3', 8, 4],
    [10, 10, '0%', '0%', '10/10', '0/0', '', 9, 0],
    [4, 100, 1, 0, '4/1', '0/0', '', 4, 1],
    [3, 99, 0, 2, '3/3', '0/0', '', 1, 0],
    [4, 0, 1, 0, '0/0', '4/4', '', 1, 4],
    [4, 0, 1, 0, '1/1', '4/4', '', 1, 3],
    [4, 100, 3, 0, '4/4', '0/0', '', 4, 3],
  ];
  const pods = (text: string) => {
    const [spec = 0, available = 0] = text === '' ? [] : text.split('/').map(Number);
    return { spec, available };
  };
  for (const [replicas, weight, surge, unavailable, stable, canary, old, toStable, toCanary] of table) {
    it(`${replicas} at ${weight} with ${surge}/${unavailable}: stable ${stable}, canary ${canary}, old ${old || '-'}`, () => {
      const bounds = surgeAndUnavailable(surge, unavailable, replicas);
      const next = basicLadder({
        replicas,
        ...bounds,
        canary: pods(canary),
        stable: pods(stable),
        others: pods(old),
        target: basicSplit(replicas, weight, 100, bounds.maxSurge > 0),
      });
      expect(next).to.deep.equal({ stable: toStable, canary: toCanary });
    });
  }

  const walks: readonly [
    replicas: number,
    weight: number,
    surge: number | string,
    unavailable: number | string,
    stable: number,
    canary: number,
    walk: string,
  ][] = [
    [5, 20, '25%', '25%', 5, 0, 'S4 C1'],
    [4, 100, '100%', 0, 4, 0, 'C4 S0'],
    [10, 50, 1, 0, 10, 0, 'C1 S9 C2 S8 C3 S7 C4 S6 C5 S5'],
    [10, 50, 0, 1, 10, 0, 'S9 C1 S8 C2 S7 C3 S6 C4 S5 C5'],
    [10, 100, '25%', '25%', 10, 0, 'S8 C5 S3 C10 S0'],
    [3, 50, '25%', '25%', 3, 0, 'C1 S2 C2'],
    [10, 0, 1, 0, 5, 5, 'S6 C4 S7 C3 S8 C2 S9 C1 S10 C0'],
  ];
  for (const [replicas, weight, surge, unavailable, stable, canary, walk] of walks) {
    it(`walks ${replicas} to ${weight} with ${surge}/${unavailable} as ${walk}`, () => {
      const bounds = surgeAndUnavailable(surge, unavailable, replicas);
      const target = basicSplit(replicas, weight, 100, bounds.maxSurge > 0);
      const sizes = { stable, canary };
      const seen: string[] = [];
      for (let pass = 0; pass < 50; pass++) {
        const next = basicLadder({
          replicas,
          ...bounds,
          target,
          others: pods(''),
          stable: { spec: sizes.stable, available: sizes.stable },
          canary: { spec: sizes.canary, available: sizes.canary },
        });
        // One ReplicaSet a pass, stable first, as the peer does.
        if (next.stable !== sizes.stable) seen.push(`S${(sizes.stable = next.stable)}`);
        else if (next.canary !== sizes.canary) seen.push(`C${(sizes.canary = next.canary)}`);
        else break;
      }
      expect(seen.join(' ')).to.equal(walk);
    });
  }
});
