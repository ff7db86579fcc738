import { expect } from 'chai';
import * as fc from 'fast-check';
import { factor, poisson, randomOfRun, type Random } from '#test/fakes/seeded.js';
import { dispersionOf, growDispersion, temper, type ClusterCounts } from './dispersion.js';
import { evidenceOf } from './evidence.js';
import { addInterval, noLikelihoods } from './likelihood.js';

const bar = Math.log(20);
const equal = 40;
const cluster = (events: number, total = 1000): ClusterCounts => ({ events, total });
const seen = addInterval(noLikelihoods, { share: 0.2, canary: 40, baseline: 60 });

describe('clusters that differ by themselves', () => {
  it('have a factor of 1 when chance explains them, and more when one of them is bad', () => {
    const calm = dispersionOf([
      [cluster(9), cluster(11)],
      [cluster(10), cluster(12), cluster(8)],
    ]);
    expect(calm).to.deep.include({ factor: 1, freedom: 3 });
    const bad = dispersionOf([
      [cluster(9), cluster(11)],
      [cluster(10), cluster(60), cluster(8)],
    ]);
    expect(bad.factor).to.be.above(10);
  });

  it('tell nothing where each side has one, or no events', () => {
    for (const sides of [
      [[cluster(9)], [cluster(60)]],
      [[], []],
      [[cluster(0), cluster(0)], [cluster(0)]],
    ]) {
      const dispersion = dispersionOf(sides);
      expect(dispersion).to.deep.equal({ factor: 1, lasting: 0, freedom: 0 });
      expect(evidenceOf(temper(seen, dispersion)).above(equal)).to.be.closeTo(0, 1e-9);
    }
  });

  it('do not count where they had no requests', () => {
    const busy = [cluster(9), cluster(14)];
    expect(dispersionOf([[...busy, cluster(0, 0)], busy])).to.deep.equal(dispersionOf([busy, busy]));
  });

  it('make evidence weaker, the more so the fewer they are, and never turn it round', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.double({ min: 1, max: 30, noNaN: true }),
        (freedom, by) => {
          const plain = evidenceOf(seen).above(equal);
          const weaker = evidenceOf(temper(seen, { factor: by, lasting: 0, freedom })).above(equal);
          const more = evidenceOf(temper(seen, { factor: by, lasting: 0, freedom: freedom + 1 })).above(
            equal,
          );
          expect(weaker).to.be.below(plain);
          expect(weaker).to.be.at.most(more + 1e-9);
        },
      ),
      { seed: 6, numRuns: 60 },
    );
    const many = temper(seen, { factor: 1, lasting: 0, freedom: 1e7 });
    expect(evidenceOf(many).above(equal)).to.be.closeTo(evidenceOf(seen).above(equal), 1e-4);
  });

  it('keep what lasts while requests grow', () => {
    const dispersion = dispersionOf([
      [cluster(10), cluster(40)],
      [cluster(20), cluster(90), cluster(30)],
    ]);
    const grown = growDispersion(dispersion, 10);
    expect(grown.factor).to.be.closeTo(1 + 10 * dispersion.lasting, 1e-9);
    expect(growDispersion(dispersion, 1)).to.deep.equal(dispersion);
  });

  interface World {
    readonly canaries: number;
    readonly baselines: number;
    readonly share: number;
    readonly variance: number;
    readonly ratio: number;
    readonly looks: number;
  }

  /** Whether a run is aborted by plain and by tempered evidence; 10 failures a look, pods differ for good. */
  function play({ canaries, baselines, share, variance, ratio, looks }: World, random: Random) {
    const podsOf = (count: number, part: number, times: number) =>
      Array.from({ length: count }, () => ({
        mean: (10 * part * times * factor(variance, random)) / count,
        total: (1000 * part) / count,
      }));
    const sides = [podsOf(canaries, share, ratio), podsOf(baselines, 1 - share, 1)];
    let counts = sides.map((side) => side.map(() => cluster(0, 0)));
    let likelihoods = noLikelihoods;
    const aborted = { plain: false, tempered: false };
    for (let look = 0; look < looks; look += 1) {
      const added = sides.map((side) => side.map(({ mean, total }) => cluster(poisson(mean, random), total)));
      counts = counts.map((side, s) =>
        side.map(({ events, total }, p) =>
          cluster(events + (added[s]?.[p]?.events ?? 0), total + (added[s]?.[p]?.total ?? 0)),
        ),
      );
      const [canary = 0, baseline = 0] = added.map((side) =>
        side.reduce((sum, { events }) => sum + events, 0),
      );
      likelihoods = addInterval(likelihoods, { share, canary, baseline });
      if (evidenceOf(likelihoods).above(equal) >= bar) aborted.plain = true;
      const tempered = temper(likelihoods, dispersionOf(counts));
      if (evidenceOf(tempered).above(equal) >= bar) aborted.tempered = true;
    }
    return aborted;
  }

  function partAborted(world: World, runs: number): { readonly plain: number; readonly tempered: number } {
    const results = Array.from({ length: runs }, (_, run) => play(world, randomOfRun(run)));
    const part = (judge: 'plain' | 'tempered') => results.filter((result) => result[judge]).length / runs;
    return { plain: part('plain'), tempered: part('tempered') };
  }

  const some = { canaries: 2, baselines: 8, share: 0.2, variance: 0.1, ratio: 1, looks: 60 };
  const worlds: readonly World[] = [
    some,
    { ...some, looks: 200 },
    { ...some, variance: 0.5 },
    { ...some, canaries: 1, baselines: 16 },
    { ...some, canaries: 1, baselines: 4 },
    { ...some, canaries: 5, baselines: 5, share: 0.5 },
  ];
  for (const world of worlds) {
    const { canaries, baselines, variance, looks } = world;
    const name = `${canaries} and ${baselines} pods (variance ${variance}) at ${looks} looks`;
    it(`abort far too often by plain evidence, at most alpha when tempered: ${name}`, function () {
      this.timeout(20_000);
      const { plain, tempered } = partAborted(world, looks > 60 ? 60 : 150);
      expect(plain).to.be.above(0.05);
      expect(tempered).to.be.at.most(0.05);
    });
  }

  it('still let a canary be found that fails three times as often', function () {
    this.timeout(20_000);
    expect(partAborted({ ...some, variance: 0.02, ratio: 3 }, 100).tempered).to.be.above(0.9);
  });
});
