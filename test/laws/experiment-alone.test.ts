import { expect } from 'chai';
import * as fc from 'fast-check';
import { kinds } from '#api/kinds.js';
import { createLab, labAnalysis, labTemplate, type Lab } from '../stories/lab.js';
import { namespace } from '../stories/world.js';

type Order =
  | { readonly kind: 'terminate' | 'retry' | 'kill' | 'losePod' | 'loseService' }
  | { readonly kind: 'decide'; readonly which: number; readonly phase: string };

const order: fc.Arbitrary<Order> = fc.oneof(
  fc.record({ kind: fc.constantFrom('terminate', 'retry', 'kill', 'losePod', 'loseService') }),
  fc.record({
    kind: fc.constant('decide' as const),
    which: fc.nat(3),
    phase: fc.constantFrom('Running', 'Successful', 'Failed', 'Error', 'Inconclusive'),
  }),
);

const tale = fc.record({
  replicas: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 3 }),
  hasService: fc.boolean(),
  duration: fc.constantFrom(undefined, '3s', '20s'),
  delay: fc.constantFrom(undefined, 0, 5),
  deadline: fc.constantFrom(undefined, 10),
  required: fc.array(fc.boolean(), { maxLength: 2 }),
  readyAfterMs: fc.integer({ min: 0, max: 15_000 }),
  orders: fc.array(fc.record({ afterMs: fc.integer({ min: 0, max: 9000 }), order }), { maxLength: 7 }),
});

type Tale = typeof tale extends fc.Arbitrary<infer T> ? T : never;

function begin(given: Tale): Lab {
  const { duration, delay, deadline, required } = given;
  return createLab({
    objects: [labAnalysis('check')],
    images: { 'web:1': { readyAfterMs: given.readyAfterMs } },
    spec: {
      ...(duration === undefined ? {} : { duration }),
      ...(delay === undefined ? {} : { scaleDownDelaySeconds: delay }),
      ...(deadline === undefined ? {} : { progressDeadlineSeconds: deadline }),
      // All templates ask for the same pods: their hashes must differ all the same.
      templates: given.replicas.map((replicas, i) => {
        const template = { metadata: { labels: { app: 'web' } }, spec: labTemplate('web').template.spec };
        const selector = { matchLabels: { app: 'web' } };
        return {
          ...labTemplate(`t${i}`),
          replicas,
          selector,
          template,
          ...(given.hasService ? { service: {} } : {}),
        };
      }),
      analyses: required.map((requiredForCompletion, i) => ({
        name: `c${i}`,
        templateName: 'check',
        requiredForCompletion,
      })),
    },
  });
}

async function obey(lab: Lab, given: Order): Promise<void> {
  const { world } = lab;
  switch (given.kind) {
    case 'terminate':
      return lab.patch({ spec: { terminate: true } });
    case 'retry':
      return lab.patch({ status: null });
    case 'kill':
      return world.restart();
    case 'losePod': {
      const [pod] = await world.pods();
      if (pod === undefined) return;
      await world.sandbox.kube.delete({ kind: kinds.pod, namespace, name: pod.metadata.name }, {});
      return;
    }
    case 'loseService': {
      const [service] = await world.services();
      if (service === undefined) return;
      await world.sandbox.kube.delete({ kind: kinds.service, namespace, name: service.metadata.name }, {});
      return;
    }
    case 'decide': {
      const open = (await world.runs()).filter(({ status }) =>
        ['Running', undefined].includes(status?.phase),
      );
      const run = open[given.which % Math.max(1, open.length)];
      if (run !== undefined) await lab.decide(run.metadata.name, given.phase, 'somebody says so');
    }
  }
}

const finished = ['Successful', 'Failed', 'Error', 'Inconclusive'];

describe('an experiment with whatever happens to it', () => {
  it('comes to rest; one that ended has no pods, no Services and no run that goes on', async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(tale, async (given) => {
        const lab = begin(given);
        await lab.pass(1);
        for (const { afterMs, order: next } of given.orders) {
          await lab.pass(afterMs / 1000);
          await obey(lab, next);
        }
        await lab.pass(700);
        const { phase = '', templateStatuses } = (await lab.experiment()).status;
        expect(phase).to.be.oneOf(['Running', ...finished]);
        const hashes = (await lab.world.replicaSets()).map(
          ({ metadata }) => metadata.labels?.['rollouts-pod-template-hash'],
        );
        expect(new Set(hashes).size, 'hashes of their own').to.equal(hashes.length);
        if (finished.includes(phase)) {
          expect((await lab.world.pods()).length, 'pods').to.equal(0);
          expect(await lab.services(), 'Services').to.deep.equal([]);
          expect(
            (await lab.runs()).filter((run) => /:(open|Running)$/.test(run)),
            'runs',
          ).to.deep.equal([]);
          expect(
            templateStatuses?.every(({ status = '' }) => ['Successful', 'Failed', 'Error'].includes(status)),
          ).to.equal(true);
        }
        const before = lab.world.sandbox.journal().length;
        await lab.pass(1200);
        expect(lab.world.sandbox.journal().slice(before), 'writes at rest').to.deep.equal([]);
        expect(lab.world.failures).to.deep.equal([]);
      }),
      { numRuns: 25 },
    );
  });
});
