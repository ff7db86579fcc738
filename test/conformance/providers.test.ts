import { expect } from 'chai';
import type { TrafficRequest } from '#core/traffic/request.js';
import { isMeant } from '#controllers/rollout/routers.js';
import type { TrafficProvider } from '#providers/contract.js';
import { trafficProviders } from '#providers/index.js';
import { verifying, verifyingWorlds } from './verifying.js';
import { request, World, type ProviderWorld } from './world.js';
import { istioWorlds } from './worlds/istio.js';
import { gatewayApiWorlds } from './worlds/gateway-api.js';
import { nginxWorlds } from './worlds/nginx.js';
import { traefikWorlds } from './worlds/traefik.js';

/** A provider without worlds fails the suite: see the first case. The last one is of this suite alone. */
const worlds: Readonly<Record<string, readonly ProviderWorld[]>> = {
  istio: istioWorlds,
  nginx: nginxWorlds,
  traefik: traefikWorlds,
  gatewayAPI: gatewayApiWorlds,
  dial: verifyingWorlds,
};
const providers: readonly TrafficProvider[] = [...trafficProviders, verifying];

const header: TrafficRequest['routes'][number] = {
  kind: 'header',
  name: 'beta',
  match: [
    { headerName: 'x-beta', headerValue: { exact: '1' } },
    { headerName: 'agent', headerValue: { regex: 'curl.*' } },
  ],
};
const mirror: TrafficRequest['routes'][number] = {
  kind: 'mirror',
  name: 'shadow',
  percentage: 35,
  match: [{ method: { exact: 'GET' }, path: { prefix: '/' } }],
};

describe('traffic providers', () => {
  it('every provider has a world', () => {
    expect(Object.keys(worlds)).to.have.members(providers.map((provider) => provider.id));
  });

  for (const provider of providers) {
    for (const world of worlds[provider.id] ?? []) {
      describe(`${provider.id}: ${world.name}`, () => {
        const { config } = world;
        const start = (): World => World.of(world.manifests, world.stored);

        it('accepts its configuration and the objects it names', () => {
          expect(provider.validate(config)).to.equal(undefined);
          expect(provider.validateReferences(config, request(0), start())).to.equal(undefined);
        });

        it('writes each weight so that it can be read back', () => {
          const cluster = start();
          for (const weight of [0, 20, 60, 100, 20, 0]) {
            cluster.shift(provider, config, request(weight));
            expect(provider.read(config, request(weight), cluster)).to.deep.include({
              kind: 'weights',
              canary: weight,
              stable: 100 - weight,
            });
          }
        });

        it('writes nothing the second time', () => {
          const cluster = start();
          cluster.shift(provider, config, request(30));
          expect(cluster.shift(provider, config, request(30))).to.equal(0);
        });

        it('keeps what others wrote, at every weight and when it is released', () => {
          const cluster = start();
          const before = world.foreign(cluster.objects);
          expect(before).to.not.include(undefined);
          for (const weight of [50, 100, 0]) {
            cluster.shift(provider, config, request(weight));
            expect(world.foreign(cluster.objects)).to.deep.equal(before);
          }
          cluster.release(provider);
          expect(world.foreign(cluster.objects)).to.deep.equal(before);
          expect(provider.release(request(0).rollout, cluster.objects)).to.deep.equal([]);
        });

        it('being released after weight 0 leaves the objects as the user wrote them', () => {
          const cluster = start();
          const original = [...cluster.objects];
          cluster.shift(provider, config, request(40));
          cluster.shift(provider, config, request(0));
          cluster.release(provider);
          const strip = (objects: readonly unknown[]): unknown =>
            JSON.parse(
              JSON.stringify(objects).replaceAll('"annotations":{},', '').replaceAll(',"annotations":{}', ''),
            );
          expect(strip(cluster.objects)).to.have.deep.members(strip(original) as unknown[]);
        });

        it('names the object that is missing and plans nothing', () => {
          for (const kind of new Set(start().objects.map((object) => object.kind))) {
            const cluster = start().without(kind);
            const plan = provider.plan(config, request(20), cluster);
            expect(plan.ok, kind).to.equal(false);
            if (!plan.ok) expect(plan.problem.object).to.match(new RegExp(`^${kind}/`));
            expect(provider.read(config, request(20), cluster).kind).to.equal('unknown');
            expect(provider.validateReferences(config, request(20), cluster))
              .to.have.property('message')
              .that.includes('not found');
          }
        });

        it('refuses services that no route or rule names', () => {
          const other = { stable: { service: 'nobody', podTemplateHash: '5d4' } };
          const plan = provider.plan(config, request(20, other), start());
          expect(plan.ok).to.equal(world.isWithoutServices === true);
        });

        it('lists every object that it reads', () => {
          const cluster = start();
          cluster.shift(provider, config, request(20));
          const named = provider.references(config, 'shop', 'web');
          for (const object of cluster.objects)
            expect(
              named.some((reference) => isMeant(reference, object)),
              object.metadata.name,
            ).to.equal(true);
        });

        it('sets and removes header and mirror routes when it can', function () {
          const cluster = start();
          const managedRoutes = ['shadow', 'beta'];
          const canHeader = provider.capabilities.headerRoutes && world.lacks?.includes('header') !== true;
          const canMirror = provider.capabilities.mirrorRoutes && world.lacks?.includes('mirror') !== true;
          const routes = [...(canHeader ? [header] : []), ...(canMirror ? [mirror] : [])];
          const wanted = request(20, { routes, managedRoutes });
          cluster.shift(provider, config, wanted);
          const reading = provider.read(config, wanted, cluster);
          expect(reading).to.deep.include({
            canary: 20,
            routes: managedRoutes.filter((name) => routes.some((route) => route.name === name)),
          });
          expect(cluster.shift(provider, config, wanted)).to.equal(0);
          expect(JSON.stringify(cluster.objects).includes('x-beta')).to.equal(canHeader);
          const none = request(20, { managedRoutes });
          cluster.shift(provider, config, none);
          expect(JSON.stringify(cluster.objects)).to.not.include('x-beta');
          expect(JSON.stringify(cluster.objects)).to.not.include('mirror');
        });

        it('splits a total of its own when it can', () => {
          const cluster = start();
          const weight = provider.capabilities.maxTrafficWeight
            ? request(250, { maxWeight: 1000, isMaxWeightSet: true })
            : request(25);
          cluster.shift(provider, config, weight);
          expect(provider.read(config, weight, cluster)).to.deep.include({
            kind: 'weights',
            canary: weight.canaryWeight,
          });
        });

        it('tells whether the data plane follows exactly when it says that it can', () => {
          const cluster = start();
          cluster.shift(provider, config, request(20));
          const reading = provider.read(config, request(20), cluster);
          const isVerified = reading.kind === 'weights' ? reading.isVerified : undefined;
          expect(isVerified).to.equal(provider.capabilities.confirm === 'status' ? false : undefined);
        });

        if (provider.capabilities.additionalDestinations) {
          it('gives experiments their share at the expense of stable, and takes it back', () => {
            const cluster = start();
            const additional = [{ service: 'exp-a', podTemplateHash: 'aaa', weight: 10 }];
            cluster.shift(provider, config, request(20, { additional }));
            expect(provider.read(config, request(20), cluster)).to.deep.include({ canary: 20, stable: 70 });
            expect(cluster.shift(provider, config, request(20, { additional }))).to.equal(0);
            cluster.shift(provider, config, request(20));
            expect(JSON.stringify(cluster.objects)).to.not.include('exp-a');
          });
        }

        if (
          provider.capabilities.subsets &&
          (config as { destinationRule?: unknown }).destinationRule !== undefined
        ) {
          it('points the subsets at the hashes, before the weights, and takes a hash away', () => {
            const cluster = start();
            const plan = provider.plan(config, request(20), cluster);
            expect(plan.ok && plan.changes.map((c) => c.object.kind)).to.deep.equal([
              'DestinationRule',
              'VirtualService',
            ]);
            cluster.shift(provider, config, request(20));
            expect(provider.read(config, request(20), cluster)).to.deep.include({
              subsets: { canary: '7c9', stable: '5d4' },
            });
            cluster.shift(provider, config, request(0, { canary: { service: '', podTemplateHash: '' } }));
            expect(provider.read(config, request(0), cluster)).to.deep.include({
              subsets: { canary: '', stable: '5d4' },
            });
          });
        }
      });
    }
  }
});
