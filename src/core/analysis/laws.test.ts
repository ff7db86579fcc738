import { expect } from 'chai';
import * as fc from 'fast-check';
import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import { playRun } from '#test/cases/analysis-play.js';

const completed = (metric: object): any => ({ name: 'm', provider: { web: { url: 'http://x' } }, ...metric });
const runOf = (spec: any): AnalysisRun => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AnalysisRun',
  metadata: { name: 'r', namespace: 'shop' },
  spec,
});

describe('whole runs, whatever comes', () => {
  it('end, and their counters add up, whatever is measured', () => {
    const answers = fc.array(fc.constantFrom(1, 0, 'down'), { minLength: 1, maxLength: 8 });
    const limits = fc.record({
      count: fc.integer({ min: 1, max: 5 }),
      failureLimit: fc.integer({ min: 0, max: 3 }),
      consecutiveErrorLimit: fc.integer({ min: 0, max: 3 }),
      interval: fc.constantFrom('1s', '90s', '0s'),
    });
    fc.assert(
      fc.property(answers, answers, limits, limits, fc.boolean(), (a, b, limitsA, limitsB, isDryRun) => {
        const bounded = ({ count, failureLimit, ...rest }: any) => ({
          ...rest,
          count: count + failureLimit,
          failureLimit,
          successCondition: 'result >= 1',
        });
        const metrics = [
          completed({ name: 'a', ...bounded(limitsA) }),
          completed({ name: 'b', ...bounded(limitsB) }),
        ];
        const spec = { metrics, ...(isDryRun ? { dryRun: [{ metricName: 'b' }] } : {}) };
        const { run, asked } = playRun({ spec, script: { a: [...a, 1], b: [...b, 1] } }, runOf(spec));
        for (const result of run.status?.metricResults ?? []) {
          const { count = 0, successful = 0, failed = 0, inconclusive = 0, error = 0 } = result;
          expect(count).to.equal(successful + failed + inconclusive);
          expect(asked[result.name]).to.have.length(count + error);
        }
        const bad = (run.status?.metricResults ?? []).filter(
          ({ name, phase }) => phase !== 'Successful' && !(isDryRun && name === 'b'),
        );
        expect(run.status?.phase === 'Successful').to.equal(bad.length === 0);
      }),
      { numRuns: 150 },
    );
  });

  it('end in the same way however often the process is killed, and count nothing twice', () => {
    const metricOf = fc.record({
      count: fc.integer({ min: 1, max: 4 }),
      failureLimit: fc.integer({ min: 0, max: 2 }),
      interval: fc.constantFrom('1s', '7s', '0s', '90s'),
      initialDelay: fc.constantFrom('', '3s', '20s'),
    });
    const kills = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 5 });
    const answer = fc.constantFrom(1, 0, 'down');
    const answers = fc.tuple(answer, answer);
    const takes = fc.constantFrom(0, 0.3, 2);
    fc.assert(
      fc.property(metricOf, metricOf, answers, takes, kills, (a, b, [one, two], seconds, killAt) => {
        const metrics = [a, b].map(({ count, ...rest }, i) =>
          completed({
            ...rest,
            name: i === 0 ? 'a' : 'b',
            count: count + rest.failureLimit,
            successCondition: 'result >= 1',
            consecutiveErrorLimit: 2,
          }),
        );
        const spec = { metrics, measurementRetention: [{ metricName: '.*', limit: 99 }] };
        const given = { spec, script: { a: [one], b: [two] }, takes: { a: seconds } };
        const calm = playRun(given, runOf(spec));
        const { run, asked } = playRun({ ...given, killAt }, runOf(spec));
        expect(run.status?.phase).to.equal(calm.run.status?.phase);
        for (const { name, count = 0, error = 0, measurements = [] } of run.status?.metricResults ?? []) {
          expect(measurements).to.have.length(count + error);
          // Each kill may lose one that is under way, and so may the end of the run.
          expect(asked[name]?.length).to.be.within(count + error, count + error + killAt.length + 1);
          const times = measurements.flatMap(({ startedAt = '', finishedAt = '' }) => [
            startedAt,
            finishedAt,
          ]);
          expect(times).to.deep.equal(times.toSorted((x, y) => (x < y ? -1 : Number(x > y))));
        }
      }),
      { numRuns: 80 },
    );
  });
});
