import { expect } from 'chai';
import { kinds, type Kind } from '#api/kinds.js';
import { objectAt, objectsAt } from '#core/json/read.js';
import { gatewayApi } from '#providers/gateway-api/index.js';
import { traefik } from '#providers/traefik/index.js';
import { objectsIn, ReleaseWorld } from '#test/fakes/release-world.js';

interface Routed {
  readonly folder: string;
  readonly name: string;
  readonly kind: Kind | undefined;
  /** Stable and canary weight from the spec of the route. */
  readonly weights: (spec: unknown) => readonly unknown[];
  /** Pauses that a person ends, by step. */
  readonly stops: Readonly<Record<number, number>>;
}

const weightsIn = (refs: readonly object[]): readonly unknown[] =>
  refs.map((ref) => objectAt({ ref }, 'ref')['weight']);

const routed: readonly Routed[] = [
  {
    folder: 'canary-traefik',
    name: 'cart',
    kind: traefik.watches[0]?.kind,
    weights: (spec) => weightsIn(objectsAt(objectAt(spec, 'weighted'), 'services')),
    stops: { 1: 20, 3: 60 },
  },
  {
    folder: 'canary-gateway-api',
    name: 'news',
    kind: gatewayApi.watches[0]?.kind,
    weights: (spec) => weightsIn(objectsAt(objectsAt(spec, 'rules')[0], 'backendRefs')),
    stops: { 2: 0, 5: 20, 7: 60 },
  },
];

describe('the route of an example', () => {
  for (const { folder, name, kind, weights, stops } of routed) {
    it(`${folder}: has the weight of each step, and goes back to stable at the end and by an abort`, async () => {
      const world = new ReleaseWorld({
        objects: objectsIn(`examples/${folder}`),
        rollout: { name, namespace: 'shop' },
      });
      const route = async () => {
        const found = kind && (await world.sandbox.kube.get({ kind, namespace: 'shop', name }));
        return found?.['spec'];
      };
      const split = async () => weights(await route());
      await world.untilPhase('Healthy');
      await world.setImage('sluice.dev/demo:v2');
      for (const [index, weight] of Object.entries(stops)) {
        await world.until(
          ({ status }) => status?.phase === 'Paused' && status.currentStepIndex === Number(index),
        );
        expect(await split()).to.deep.equal([100 - weight, weight]);
        expect(JSON.stringify(await route()).includes('x-tester')).to.equal(folder === 'canary-gateway-api');
        if (weight === 0) expect(await world.act('promote')).to.equal(true);
      }
      await world.untilPhase('Healthy');
      expect(await split()).to.deep.equal([100, 0]);
      expect(JSON.stringify(await route())).to.not.include('x-tester');

      await world.setImage('sluice.dev/demo:v3');
      await world.until(({ status }) => status?.phase === 'Paused');
      await world.sandbox.clock.advance(10_000);
      expect(await world.act('abort')).to.equal(true);
      await world.untilPhase('Degraded', 30);
      await world.sandbox.clock.advance(60_000);
      expect(await split()).to.deep.equal([100, 0]);
      expect(JSON.stringify(await route())).to.not.include('x-tester');
      expect(
        (await world.sandbox.kube.list(kinds.event)).items.filter(
          ({ reason }) => reason === 'TrafficRoutingError',
        ),
      ).to.deep.equal([]);
      expect(world.failures, 'failed passes').to.deep.equal([]);
    });
  }
});
