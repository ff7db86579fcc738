import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { AppError } from '#ports/errors.js';
import type { Kube } from '#ports/kube.js';
import { routedBy, routedBySubsets, shopObjects, templateOf } from './shop.js';
import { createStoryWorld, type StoryWorld } from './world.js';

const istio = { group: 'networking.istio.io', version: 'v1alpha3', namespaced: true } as const;
const virtualServices = { ...istio, kind: 'VirtualService', plural: 'virtualservices' };
const destinationRules = { ...istio, kind: 'DestinationRule', plural: 'destinationrules' };
const hashKey = 'rollouts-pod-template-hash';
const [v1, v2] = ['cb5d95cc5', '859687bffd'];

interface Primary {
  readonly http: readonly { name: string; timeout?: string; route: { weight?: number }[] }[];
}

function specOf(route: UnknownObject | undefined): Primary {
  return (route?.['spec'] ?? { http: [] }) as Primary;
}

function weights(route: UnknownObject | undefined): string {
  const { http } = specOf(route);
  return http
    .map(({ name, route: split }) => `${name} ${split.map(({ weight = 0 }) => weight).join('/')}`)
    .join(', ');
}

/** Half of the traffic goes to web:2, and a header leads there too. */
async function inTheMiddle(router: 'istio' | 'nginx' | 'subsets'): Promise<StoryWorld> {
  const header = {
    setHeaderRoute: { name: 'beta', match: [{ headerName: 'x', headerValue: { exact: '1' } }] },
  };
  const steps = [{ setWeight: 50 }, ...(router === 'nginx' ? [] : [header]), { pause: {} }];
  const routing = router === 'subsets' ? routedBySubsets : routedBy(router);
  const strategy = { canary: { ...routing, abortScaleDownDelaySeconds: 5, steps } };
  const world = createStoryWorld({ objects: shopObjects({ replicas: 4, router, strategy }), isBare: true });
  await world.sandbox.clock.advance(20_000);
  await world.patch(kinds.rollout, 'web', { spec: { template: templateOf('web:2') } });
  await world.sandbox.clock.advance(30_000);
  expect((await world.rollout()).status.phase).to.equal('Paused');
  return world;
}

function restorations(world: StoryWorld): readonly string[] {
  const told = world.decisions.flatMap(({ events }) => events);
  return told.flatMap(({ reason, message }) =>
    reason === 'TrafficRestored' ? [`${reason}: ${message}`] : [],
  );
}

const restored = 'TrafficRestored: Changed by somebody else and restored: ';

describe('somebody else changes what a release wrote', () => {
  it('a weight: ours comes back at once, their other fields stay, and one event says so', async () => {
    const world = await inTheMiddle('istio');
    const { http } = specOf(await world.get(virtualServices, 'web'));
    const theirs = http.map((one) => ({
      ...one,
      ...(one.name === 'primary'
        ? { timeout: '7s', route: one.route.map((to, i) => ({ ...to, weight: i * 100 })) }
        : {}),
    }));
    await world.patch(virtualServices, 'web', { spec: { http: theirs } });
    await world.sandbox.clock.advance(100);
    const route = await world.get(virtualServices, 'web');
    expect(weights(route)).to.equal('beta 100, primary 50/50');
    expect(specOf(route).http[1]?.timeout).to.equal('7s');
    await world.sandbox.clock.advance(30_000);
    expect(restorations(world)).to.deep.equal([
      `${restored}VirtualService/shop/web: weight 50 and routes beta`,
    ]);
    expect(world.failures).to.deep.equal([]);
  });

  it('a managed route that is deleted, and one in which others wrote', async () => {
    const world = await inTheMiddle('istio');
    const { http } = specOf(await world.get(virtualServices, 'web'));
    await world.patch(virtualServices, 'web', { spec: { http: http.filter(({ name }) => name !== 'beta') } });
    await world.sandbox.clock.advance(5_000);
    expect(weights(await world.get(virtualServices, 'web'))).to.equal('beta 100, primary 50/50');
    await world.patch(virtualServices, 'web', { spec: { http: http.toReversed() } });
    await world.sandbox.clock.advance(5_000);
    expect(weights(await world.get(virtualServices, 'web'))).to.equal('beta 100, primary 50/50');
    expect(restorations(world)).to.have.length(2);
  });

  it('selectors of both Services, while both are served', async () => {
    for (const [name, hash] of [
      ['web', v1],
      ['web-canary', v2],
    ] as const) {
      for (const wrong of [null, 'nobody']) {
        const world = await inTheMiddle('istio');
        await world.patch(kinds.service, name, { spec: { selector: { [hashKey]: wrong, theirs: 'stays' } } });
        await world.patch(kinds.service, name, {
          spec: { selector: { theirs: null } },
          metadata: { labels: { a: 'b' } },
        });
        await world.sandbox.clock.advance(100);
        const service = (await world.services()).find(({ metadata }) => metadata.name === name);
        expect(service?.spec.selector).to.deep.equal({ app: 'web', [hashKey]: hash });
        expect(service?.metadata.labels).to.deep.equal({ a: 'b' });
        expect(weights(await world.get(virtualServices, 'web'))).to.equal('beta 100, primary 50/50');
        await world.sandbox.clock.advance(30_000);
        expect(restorations(world)).to.deep.equal([`${restored}Service/shop/${name}: selector ${hash}`]);
        expect((await world.rollout()).status.phase).to.equal('Paused');
        expect(world.failures).to.deep.equal([]);
      }
    }
  });

  it('a whole Service, replaced by the manifest of Git', async () => {
    for (const [name, hash] of [
      ['web', v1],
      ['web-canary', v2],
    ] as const) {
      const world = await inTheMiddle('istio');
      const selector = { selector: { [hashKey]: null } };
      await world.patch(kinds.service, name, { metadata: { annotations: null }, spec: selector });
      await world.sandbox.clock.advance(100);
      const service = (await world.services()).find(({ metadata }) => metadata.name === name);
      expect(service?.spec.selector?.[hashKey]).to.equal(hash);
      expect(service?.metadata.annotations).to.deep.equal({
        'argo-rollouts.argoproj.io/managed-by-rollouts': 'web',
      });
      expect(weights(await world.get(virtualServices, 'web'))).to.equal('beta 100, primary 50/50');
      await world.sandbox.clock.advance(30_000);
      expect((await world.rollout()).status.phase).to.equal('Paused');
    }
  });

  it('the canary Ingress: its weight, and all of it', async () => {
    const world = await inTheMiddle('nginx');
    const key = 'nginx.ingress.kubernetes.io/canary-weight';
    const weight = async () =>
      (await world.get(kinds.ingress, 'web-web-canary'))?.metadata.annotations?.[key];
    await world.patch(kinds.ingress, 'web-web-canary', {
      metadata: { annotations: { [key]: '90', theirs: 'stays' } },
    });
    await world.sandbox.clock.advance(100);
    expect(await weight()).to.equal('50');
    expect((await world.get(kinds.ingress, 'web-web-canary'))?.metadata.annotations?.['theirs']).to.equal(
      'stays',
    );
    await world.sandbox.clock.advance(10_000);
    await world.sandbox.kube.delete({ kind: kinds.ingress, namespace: 'shop', name: 'web-web-canary' }, {});
    await world.sandbox.clock.advance(10_000);
    expect(await weight()).to.equal('50');
    expect(restorations(world)).to.deep.equal([
      `${restored}Ingress/shop/web-web-canary: weight 50`,
      `${restored}Ingress/shop/web-web-canary: weight 50`,
    ]);
  });

  it('a new rule in the Ingress of the user is followed, and nobody is blamed', async () => {
    const world = await inTheMiddle('nginx');
    const path = (name: string) => ({
      path: `/${name}`,
      pathType: 'Prefix',
      backend: { service: { name: 'web', port: { number: 80 } } },
    });
    const rules = [{ host: 'web.example', http: { paths: [path(''), path('more')] } }];
    await world.patch(kinds.ingress, 'web', { spec: { rules } });
    await world.sandbox.clock.advance(10_000);
    const canary = JSON.stringify(await world.get(kinds.ingress, 'web-web-canary'));
    expect(canary).to.include('"/more"').and.to.include('canary-weight":"50"');
    expect(restorations(world)).to.deep.equal([]);
    expect((await world.rollout()).status.phase).to.equal('Paused');
  });

  it('a hash of a subset', async () => {
    const world = await inTheMiddle('subsets');
    const subsets = async () => {
      const spec = (await world.get(destinationRules, 'mesh'))?.['spec'] as {
        subsets: { name: string; labels: Record<string, string> }[];
      };
      return spec.subsets;
    };
    const theirs = (await subsets()).map((one) => ({
      ...one,
      labels: { ...one.labels, [hashKey]: v1, theirs: 'stays' },
    }));
    await world.patch(destinationRules, 'mesh', { spec: { subsets: theirs } });
    await world.sandbox.clock.advance(100);
    expect((await subsets()).map(({ labels }) => labels)).to.deep.equal([
      { app: 'web', [hashKey]: v1, theirs: 'stays' },
      { app: 'web', [hashKey]: v2, theirs: 'stays' },
    ]);
    await world.sandbox.clock.advance(10_000);
    expect(restorations(world)).to.deep.equal([
      `${restored}DestinationRule/shop/mesh: weight 50 and routes beta`,
    ]);
  });

  it('at rest too: a weight that an older manifest brings is put back to 0', async () => {
    const world = await inTheMiddle('istio');
    await world.patch(kinds.rollout, 'web', { status: { promoteFull: true } }, 'status');
    await world.sandbox.clock.advance(60_000);
    const route = [
      { destination: { host: 'web' }, weight: 30 },
      { destination: { host: 'web-canary' }, weight: 70 },
    ];
    await world.patch(virtualServices, 'web', { spec: { http: [{ name: 'primary', route }] } });
    await world.sandbox.clock.advance(10_000);
    expect(weights(await world.get(virtualServices, 'web'))).to.equal('primary 100/0');
    expect((await world.rollout()).metadata.finalizers ?? []).to.deep.equal([]);
    expect((await world.rollout()).status.phase).to.equal('Healthy');
  });
});

describe('somebody else moves the active Service of a blue-green release', () => {
  for (const wrong of [null, 'nobody']) {
    it(`to ${wrong ?? 'every pod'}: it comes back, and nothing is promoted by that`, async () => {
      const strategy = {
        blueGreen: { activeService: 'web', previewService: 'web-canary', autoPromotionEnabled: false },
      };
      const world = createStoryWorld({ objects: shopObjects({ replicas: 2, strategy }), isBare: true });
      await world.sandbox.clock.advance(10_000);
      await world.patch(kinds.rollout, 'web', { spec: { template: templateOf('web:2') } });
      await world.sandbox.clock.advance(10_000);
      await world.patch(kinds.service, 'web', { spec: { selector: { [hashKey]: wrong } } });
      await world.sandbox.clock.advance(100);
      const active = async () => (await world.services())[0]?.spec.selector?.[hashKey];
      expect(await active()).to.equal(v1);
      await world.sandbox.clock.advance(30_000);
      expect([await active(), (await world.rollout()).status.phase]).to.deep.equal([v1, 'Paused']);
      expect(restorations(world)).to.deep.equal([`${restored}Service/shop/web: selector ${v1}`]);
    });
  }
});

describe('an abort', () => {
  it('writes each Service at most once, and a later pass writes nothing', async () => {
    const world = await inTheMiddle('istio');
    const writes: string[] = [];
    world.sandbox.store.onChange(({ after }) => {
      if (after?.kind === 'Service' || after?.kind === 'VirtualService')
        writes.push(`${after.kind}/${after.metadata.name}`);
    });
    await world.patch(kinds.rollout, 'web', { status: { abort: true } }, 'status');
    await world.sandbox.clock.advance(30_000);
    expect(writes).to.deep.equal(['VirtualService/web', 'Service/web-canary']);
    const before = world.sandbox.journal().length;
    await world.patch(kinds.rollout, 'web', { metadata: { annotations: { touched: 'yes' } } });
    await world.sandbox.clock.advance(30_000);
    // The touch, and the annotation that is copied to the ReplicaSet.
    expect(
      world.sandbox
        .journal()
        .slice(before)
        .filter((line) => !/Rollout|ReplicaSet/.test(line)),
    ).to.deep.equal([]);
    expect(world.failures).to.deep.equal([]);
  });
});

describe('a route that cannot be written', () => {
  it('is told with the words of the server, and tried again', async () => {
    let isRefused = false;
    const strategy = { canary: { ...routedBy('istio'), steps: [{ setWeight: 50 }, { pause: {} }] } };
    const world = createStoryWorld({
      objects: shopObjects({ replicas: 2, router: 'istio', strategy }),
      wrapKube: (kube) =>
        new Proxy(kube, {
          get: (target, name: keyof Kube) => {
            const method = target[name].bind(target) as (...args: unknown[]) => Promise<unknown>;
            return name === 'update' && isRefused
              ? () => Promise.reject(new AppError('KubeForbidden', 'a webhook said no'))
              : method;
          },
        }),
    });
    await world.sandbox.clock.advance(20_000);
    isRefused = true;
    await world.patch(kinds.rollout, 'web', { spec: { template: templateOf('web:2') } });
    await world.sandbox.clock.advance(20_000);
    expect(await world.events()).to.include('TrafficRoutingError: a webhook said no');
    expect((await world.rollout()).status.canary?.weights?.canary.weight).to.equal(0);
    isRefused = false;
    await world.sandbox.clock.advance(120_000);
    expect((await world.rollout()).status.canary?.weights?.canary.weight).to.equal(50);
  });
});

describe('marks of a Rollout that went while nobody looked', () => {
  it('are taken away at the next start', async () => {
    const world = await inTheMiddle('subsets');
    await world.patch(kinds.rollout, 'web', { status: { promoteFull: true } }, 'status');
    await world.sandbox.clock.advance(60_000);
    const rule = async () => JSON.stringify(await world.get(destinationRules, 'mesh'));
    expect(await rule()).to.include(hashKey);
    const kept = (await world.get(destinationRules, 'mesh'))!;
    await world.sandbox.kube.delete({ kind: kinds.rollout, namespace: 'shop', name: 'web' }, {});
    await world.sandbox.clock.advance(5_000);
    expect(await rule()).to.not.include(`${hashKey}":"`);
    // As if that had not happened before the controller stopped.
    await world.patch(destinationRules, 'mesh', {
      metadata: { annotations: kept.metadata.annotations },
      spec: kept['spec'],
    });
    world.restart();
    await world.sandbox.clock.advance(5_000);
    expect(await rule()).to.not.include(`${hashKey}":"`);
  });
});
