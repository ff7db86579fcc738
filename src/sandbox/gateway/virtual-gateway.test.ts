import { expect } from 'chai';
import { kinds, type Kind } from '#api/kinds.js';
import { createVirtualSandbox } from '../virtual-sandbox.js';

const namespace = 'default';
const virtualServices: Kind = {
  group: 'networking.istio.io',
  version: 'v1',
  kind: 'VirtualService',
  plural: 'virtualservices',
  namespaced: true,
};

function replicaSet(name: string, replicas: number) {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { namespace, name },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'web', image: `web:${name}` }] } },
    },
  };
}

function service(name: string) {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace, name },
    spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }] },
  };
}

function virtualService(canary: number) {
  const route = [
    { destination: { host: 'v1' }, weight: 100 - canary },
    { destination: { host: 'v2' }, weight: canary },
  ];
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { namespace, name: 'web' },
    spec: { hosts: ['web.example'], http: [{ name: 'primary', route }] },
  };
}

function begin(delays: { readonly endpointDelayMs?: number; readonly routeDelayMs?: number }) {
  const objects = [replicaSet('v1', 2), replicaSet('v2', 2), service('v1'), service('v2'), virtualService(0)];
  const sandbox = createVirtualSandbox({
    objects,
    gateway: { ...delays, app: (target) => (target.image === 'web:v2' ? 500 : 200) },
  });
  const setWeight = (canary: number) =>
    sandbox.kube.patch(
      { kind: virtualServices, namespace, name: 'web' },
      { type: 'merge', body: { spec: virtualService(canary).spec } },
    );
  const scale = (name: string, replicas: number) =>
    sandbox.kube.patch(
      { kind: kinds.replicaSet, namespace, name },
      { type: 'merge', body: { spec: { replicas } } },
    );
  return { sandbox, setWeight, scale };
}

describe('virtual gateway', () => {
  it('counts what each version answered', async () => {
    const { sandbox, setWeight } = begin({});
    await sandbox.clock.advance(5_000);
    await setWeight(25);
    sandbox.gateway.startLoad({ host: 'web.example', perSecond: 100 });
    await sandbox.clock.advance(60_000);
    const { sent, byImage, failedByApp, dropped } = sandbox.gateway.tally();
    expect({ sent, dropped }).to.deep.equal({ sent: 6000, dropped: 0 });
    expect(byImage['web:v2']).to.be.within(1350, 1650);
    expect(failedByApp).to.equal(byImage['web:v2']);
  });

  it('loses requests when pods go before their weight is seen to be gone', async () => {
    const { sandbox, setWeight, scale } = begin({ routeDelayMs: 2_000, endpointDelayMs: 500 });
    await setWeight(50);
    await sandbox.clock.advance(5_000);
    sandbox.gateway.startLoad({ host: 'web.example', perSecond: 100 });
    await setWeight(0);
    await scale('v2', 0);
    await sandbox.clock.advance(10_000);
    const { losses } = sandbox.gateway.tally();
    expect(new Set(losses.map(({ reason }) => reason))).to.deep.equal(new Set(['UH']));
  });

  it('loses requests when pods end before their endpoints are seen to be gone', async () => {
    const { sandbox, scale } = begin({ endpointDelayMs: 3_000 });
    await sandbox.clock.advance(5_000);
    sandbox.gateway.startLoad({ host: 'web.example', perSecond: 100 });
    await scale('v1', 1);
    await sandbox.clock.advance(10_000);
    const { losses } = sandbox.gateway.tally();
    expect(new Set(losses.map(({ reason }) => reason))).to.deep.equal(new Set(['connect-failed']));
  });

  it('loses nothing when each write waits for the one before', async () => {
    const { sandbox, setWeight, scale } = begin({ routeDelayMs: 2_000, endpointDelayMs: 500 });
    await setWeight(50);
    await sandbox.clock.advance(5_000);
    sandbox.gateway.startLoad({ host: 'web.example', perSecond: 100 });
    await setWeight(0);
    await sandbox.clock.advance(2_100);
    await scale('v2', 0);
    await sandbox.clock.advance(10_000);
    expect(sandbox.gateway.tally()).to.include({ dropped: 0 });
  });
});
