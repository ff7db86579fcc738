import { expect } from 'chai';
import type { Pod, Service } from '#api/k8s/core-kinds.js';
import { scrapeTargets } from './targets.js';

const scraped = { 'prometheus.io/scrape': 'true' };

function pod(name: string, labels: Readonly<Record<string, string>>, annotations = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'shop', labels, annotations },
    spec: { containers: [{ name: 'web', image: 'web:1', ports: [{ containerPort: 8080 }] }] },
    status: { phase: 'Running', podIP: '127.64.0.1' },
  };
}

function service(name: string, selector: Readonly<Record<string, string>>, namespace = 'shop'): Service {
  const metadata = { name, namespace, annotations: scraped };
  return { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector } };
}

describe('demo: what Prometheus scrapes', () => {
  it('is a pod that asks for it, with its labels', () => {
    expect(scrapeTargets([pod('a', { 'app.io/x': 'y' }, scraped), pod('b', {})], [])).to.deep.equal([
      { address: '127.64.0.1:8080', labels: { app_io_x: 'y', namespace: 'shop', pod: 'a' } },
    ]);
  });

  it('is each pod behind a Service that asks for it, once for each such Service', () => {
    const services = [service('active', { app: 'web' }), service('preview', { app: 'web', hash: 'new' })];
    const found = scrapeTargets([pod('a', { app: 'web' }), pod('b', { app: 'web', hash: 'new' })], services);
    const pairs = found.map(({ labels }) => `${labels['service']}/${labels['pod']}`);
    expect(pairs).to.deep.equal(['active/a', 'active/b', 'preview/b']);
  });

  it('is no pod of another namespace and none behind a Service that selects nothing', () => {
    const services = [service('web', { app: 'web' }, 'other'), service('outside', {})];
    expect(scrapeTargets([pod('a', { app: 'web' })], services)).to.deep.equal([]);
  });

  it('is no pod that does not run, and the local port where the pod has no address of its own', () => {
    const pending = { ...pod('a', {}, scraped), status: { phase: 'Pending' } } as Pod;
    const mapped = pod('b', {}, { ...scraped, 'sandbox.sluice.dev/port-map': '8080=41000' });
    expect(scrapeTargets([pending, mapped], []).map(({ address }) => address)).to.deep.equal([
      '127.64.0.1:41000',
    ]);
  });
});
