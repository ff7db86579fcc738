import { expect } from 'chai';
import * as fc from 'fast-check';
import { surgeAndUnavailable } from '../spec/canary-settings.js';
import { basicLadder } from './basic-ladder.js';
import { basicSplit } from './basic-split.js';

const bound = fc.oneof(fc.integer({ min: 0, max: 4 }), fc.constantFrom('0%', '25%', '50%', '100%'));

describe('laws of the basic canary', () => {
  it('a split is of whole pods, keeps stable below the full weight, and never beyond one pod of surge', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 0, max: 100 }),
        fc.boolean(),
        (replicas, weight, canSurge) => {
          const { canary, stable } = basicSplit(replicas, weight, 100, canSurge);
          expect(canary + stable).to.be.within(replicas, replicas + (canSurge ? 1 : 0));
          expect(Math.min(canary, stable)).to.be.at.least(0);
          if (weight < 100 && (replicas > 1 || canSurge)) expect(stable).to.be.at.least(1);
          if (weight > 0 && (replicas > 1 || canSurge)) expect(canary).to.be.at.least(1);
        },
      ),
    );
  });

  it('the ladder stays within both bounds whatever the pods do, and ends at the target', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        bound,
        bound,
        fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 4 }),
        fc.infiniteStream(fc.integer({ min: 0, max: 3 })),
        (replicas, surge, unavailable, weights, readiness) => {
          const bounds = surgeAndUnavailable(surge, unavailable, replicas);
          const stable = { spec: replicas, available: replicas };
          const canary = { spec: 0, available: 0 };
          for (const weight of weights) {
            const target = basicSplit(replicas, weight, 100, bounds.maxSurge > 0);
            for (let pass = 0; pass < 200; pass++) {
              const next = basicLadder({
                replicas,
                ...bounds,
                target,
                stable,
                canary,
                others: { spec: 0, available: 0 },
              });
              const changed = next.stable === stable.spec ? canary : stable;
              const to = next.stable === stable.spec ? next.canary : next.stable;
              const wasAvailable = stable.available + canary.available;
              changed.spec = to;
              changed.available = Math.min(changed.available, to);
              const available = stable.available + canary.available;
              expect(stable.spec + canary.spec, 'pods').to.be.at.most(replicas + bounds.maxSurge);
              const least = Math.min(wasAvailable, replicas - bounds.maxUnavailable);
              expect(available, 'available').to.be.at.least(least);
              for (const pods of [stable, canary]) {
                pods.available = Math.min(pods.spec, pods.available + (readiness.next().value ?? 1));
              }
            }
            expect({ stable: stable.spec, canary: canary.spec }).to.deep.equal(target);
          }
        },
      ),
    );
  });
});
