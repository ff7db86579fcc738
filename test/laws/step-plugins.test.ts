import { expect } from 'chai';
import * as fc from 'fast-check';
import { kinds } from '#api/kinds.js';
import type { PluginReply } from '#ports/plugin-host.js';
import { result } from '#test/fakes/scripted-plugins.js';
import { createPluginWorld } from '../stories/plugin-world.js';
import { templateOf } from '../stories/shop.js';

const steps = [
  { plugin: { name: 'team/gate' } },
  { pause: { duration: '5s' } },
  { plugin: { name: 'team/second' } },
];

const replies: Readonly<Record<string, () => PluginReply>> = {
  Running: () => result({ phase: 'Running', message: 'on it', requeueAfter: 20, status: { n: 1 } }),
  Successful: () => result({ phase: 'Successful' }),
  Failed: () => result({ phase: 'Failed', message: 'no' }),
  Error: () => result({ phase: 'Error' }),
  nothing: () => result({}),
  garbage: () => result({ phase: 'Odd' }),
  refused: () => ({ kind: 'refused', message: 'down' }),
  unreachable: () => ({ kind: 'unreachable', message: 'hangs' }),
};

const orders = [
  'abort',
  'retry',
  'promoteFull',
  'skip',
  'pause',
  'unpause',
  'template',
  'kill',
  'nothing',
] as const;
type Order = (typeof orders)[number];

interface Tale {
  /** What plugins answer, in turn; Successful when there is no more. */
  readonly answers: readonly string[];
  readonly orders: readonly { readonly order: Order; readonly afterSeconds: number }[];
}

const tales: fc.Arbitrary<Tale> = fc.record({
  answers: fc.array(fc.constantFrom(...Object.keys(replies)), { maxLength: 8 }),
  orders: fc.array(
    fc.record({ order: fc.constantFrom(...orders), afterSeconds: fc.integer({ min: 0, max: 50 }) }),
    { maxLength: 5 },
  ),
});

/** Tells a tale to its end; what plugins were asked, and whether all came to rest. */
async function tell({ answers, orders: given }: Tale) {
  let next = 0;
  const open = new Map<string, number>();
  const clashes: string[] = [];
  const answered: string[] = [];
  const w = await createPluginWorld(
    steps,
    async ({ params }) => {
      const { key = '' } = params as { readonly key?: string };
      if (open.has(key)) clashes.push(key);
      open.set(key, 1);
      await new Promise(setImmediate);
      open.delete(key);
      const reply = (replies[answers[next++] ?? 'Successful'] ?? replies['Successful'])?.() ?? result({});
      if (reply.kind !== 'unreachable') answered.push(key);
      return reply;
    },
    { isBare: true },
  );
  let seconds = 1;
  let version = 2;
  const act: Readonly<Record<Order, () => Promise<unknown>>> = {
    abort: () => w.order({ abort: true }),
    retry: () => w.order({ abort: false }),
    promoteFull: () => w.order({ promoteFull: true }),
    skip: async () => w.order({ currentStepIndex: ((await w.status()).currentStepIndex ?? 0) + 1 }),
    pause: () => w.patch(kinds.rollout, 'web', { spec: { paused: true } }),
    unpause: () => w.patch(kinds.rollout, 'web', { spec: { paused: false } }),
    template: () => w.patch(kinds.rollout, 'web', { spec: { template: templateOf(`web:${++version}`) } }),
    kill: () => Promise.resolve(w.restart()),
    nothing: () => Promise.resolve(),
  };
  for (const { order, afterSeconds } of given) {
    seconds += afterSeconds;
    await w.after(seconds);
    await act[order]();
    await w.sandbox.clock.settle();
  }
  await act.unpause();
  await w.after(seconds + 1500);
  const rest = [w.plugins.asked.length, (await w.rollout()).metadata.resourceVersion];
  await w.after(seconds + 3000);
  const later = [w.plugins.asked.length, (await w.rollout()).metadata.resourceVersion];
  return { w, clashes, answered, rest, later, status: await w.status(), entries: await w.entries() };
}

/** More by hand: PLUGIN_RUNS=1000. */
const runs = Number(process.env['PLUGIN_RUNS'] ?? 8);

describe('laws of step plugins', () => {
  it('one call at a time and a key, one abort a run, and rest in the end, whatever plugins say and people do', async function () {
    this.timeout(30_000 + runs * 1000);
    await fc.assert(
      fc.asyncProperty(tales, async (tale) => {
        const { w, clashes, rest, later, status, entries } = await tell(tale);
        expect(clashes, 'two calls under one key').to.deep.equal([]);
        expect(later, 'rest').to.deep.equal(rest);
        expect(['Healthy', 'Degraded', 'Paused']).to.include(status.phase);
        const ended = entries.filter(({ operation }) => operation !== 'Run');
        expect(new Set(ended.map(({ index, operation }) => `${index} ${operation}`)).size).to.equal(
          ended.length,
        );
        if (status.abort === true) {
          const undone = entries.filter(
            ({ operation, phase, disabled }) =>
              operation === 'Run' && disabled !== true && (phase === 'Running' || phase === 'Successful'),
          );
          for (const { index } of undone) {
            expect(ended.find((one) => one.index === index && one.operation === 'Abort')?.finishedAt).to.be.a(
              'string',
            );
          }
        }
        expect(w.failures).to.deep.equal([]);
      }),
      { numRuns: runs },
    );
  });

  it('every execution is asked under its own key, whatever single write the controller dies after', async function () {
    this.timeout(60_000);
    const ends = new Set<string>();
    for (let crashAfter = 1; crashAfter <= 20; crashAfter += 1) {
      const answers = new Map<string, PluginReply>();
      const w = await createPluginWorld(
        [{ plugin: { name: 'team/gate' } }, { plugin: { name: 'team/second' } }],
        ({ params }) => {
          // As a good plugin does: the same key, the same answer.
          const { key = '', execution = 0 } = params as {
            readonly key?: string;
            readonly execution?: number;
          };
          const answer = answers.get(key) ?? result({ phase: execution < 2 ? 'Running' : 'Successful' });
          answers.set(key, answer);
          return answer;
        },
        { isBare: true, crashAfter },
      );
      await w.after(120);
      const entries = (await w.entries()).map(
        ({ index, phase, executions }) => `${index} ${phase} ${executions}`,
      );
      ends.add([(await w.status()).phase, answers.size, ...entries].join());
    }
    expect([...ends]).to.deep.equal(['Healthy,4,0 Successful 2,1 Successful 2']);
  });
});
