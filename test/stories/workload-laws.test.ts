import { expect } from 'chai';
import {
  array,
  assert,
  asyncProperty,
  boolean,
  constant,
  constantFrom,
  integer,
  oneof,
  record,
} from 'fast-check';
import { kinds } from '#api/kinds.js';
import { templateOf } from './shop.js';
import { deployment, liveShop, migrate } from './migration.js';
import { namespace, type StoryWorld } from './world.js';

type Order =
  | { readonly kind: 'deployment'; readonly replicas: number }
  | { readonly kind: 'template'; readonly image: string }
  | { readonly kind: 'rollout'; readonly spec: object }
  | { readonly kind: 'kill' };

const modes = ['never', 'onsuccess', 'progressively'] as const;

const orders = array(
  record({
    order: oneof(
      integer({ min: 0, max: 6 }).map((replicas): Order => ({ kind: 'deployment', replicas })),
      constantFrom('web:1', 'web:2', 'web:3').map((image): Order => ({ kind: 'template', image })),
      integer({ min: 1, max: 5 }).map((replicas): Order => ({ kind: 'rollout', spec: { replicas } })),
      boolean().map((paused): Order => ({ kind: 'rollout', spec: { paused } })),
      constantFrom(...modes).map((scaleDown): Order => ({
        kind: 'rollout',
        spec: { workloadRef: { scaleDown } },
      })),
      constant<Order>({ kind: 'kill' }),
    ),
    afterMs: constantFrom(0, 300, 1_500, 20_000),
  }),
  { maxLength: 8 },
);

async function obey(world: StoryWorld, order: Order): Promise<void> {
  switch (order.kind) {
    case 'deployment':
      return world.patch(kinds.deployment, 'web-old', { spec: { replicas: order.replicas } });
    case 'template':
      return world.patch(kinds.deployment, 'web-old', { spec: { template: templateOf(order.image) } });
    case 'rollout':
      return world.patch(kinds.rollout, 'web', { spec: order.spec });
    case 'kill':
      return world.restart();
  }
}

async function size(world: StoryWorld): Promise<number> {
  return (await deployment(world)).spec.replicas ?? 1;
}

describe('a Deployment and its Rollout, whatever people do', () => {
  it('end with the Deployment empty while there is a Rollout, and as people wanted it when there is none', async () => {
    await assert(
      asyncProperty(orders, constantFrom(...modes), constantFrom(0, 300), async (told, scaleDown, lagMs) => {
        const world = await liveShop({ isBare: true, lagMs });
        await migrate(world, { scaleDown });
        const wanted = [4];
        for (const { order, afterMs } of told) {
          await world.sandbox.clock.advance(afterMs);
          await obey(world, order);
          if (order.kind === 'deployment') wanted.push(order.replicas);
        }
        const end = { paused: false, workloadRef: { scaleDown: 'onsuccess' } };
        await world.patch(kinds.rollout, 'web', { spec: end });
        await world.sandbox.clock.advance(120_000);
        expect((await world.rollout()).status.phase).to.equal('Healthy');
        expect(await size(world)).to.equal(0);
        await world.sandbox.kube.delete({ kind: kinds.rollout, namespace, name: 'web' });
        await world.sandbox.clock.advance(20_000);
        expect(wanted).to.include(await size(world));
        expect(await size(world)).to.be.at.least(wanted.at(-1) ?? 0);
      }),
      { numRuns: 10, seed: 5 },
    );
  }).timeout(60_000);
});
