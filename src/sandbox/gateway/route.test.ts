import { expect } from 'chai';
import { assert, double, property } from 'fast-check';
import type { EndpointSlice, Pod, Service } from '#api/k8s/core-kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { parseYaml } from '#core/yaml/yaml.js';
import { type Listener, route, type RoutingTables } from './route.js';
import type { RouteDecision } from './routing.js';
import { createSeededRandom } from './seeded-random.js';
import { ServiceTable } from './services.js';

const ns = 'shop';

function yaml(text: string): UnknownObject {
  const parsed = parseYaml(text);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.value as UnknownObject;
}

function service(name: string): Service {
  const ports = [{ name: 'http', port: 80, targetPort: 8080 }];
  return { apiVersion: 'v1', kind: 'Service', metadata: { namespace: ns, name }, spec: { ports } };
}

/** One ready pod a hash behind the Service. */
function slice(name: string, hashes: readonly string[]): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { namespace: ns, name, labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    ports: [{ name: 'http', port: 8080 }],
    endpoints: hashes.map((hash) => ({
      addresses: [`10.0.0.${hash}`],
      conditions: { ready: true },
      targetRef: { kind: 'Pod', namespace: ns, name: `p-${hash}` },
    })),
  };
}

function pod(hash: string): Pod {
  const labels = { 'rollouts-pod-template-hash': hash };
  const containers = [{ name: 'web', image: `web:${hash}` }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: ns, name: `p-${hash}`, labels },
    spec: { containers },
  };
}

interface Cluster {
  readonly objects?: readonly string[];
  readonly stable?: readonly string[];
  readonly canary?: readonly string[];
}

function tables({ objects = [], stable = ['1'], canary = ['2'] }: Cluster): RoutingTables {
  const parsed = objects
    .map(yaml)
    .map((object) => ({ ...object, metadata: { ...object.metadata, namespace: ns } }));
  const ofKind = (kind: string) => parsed.filter((object) => object.kind === kind);
  return {
    virtualServices: ofKind('VirtualService'),
    destinationRules: ofKind('DestinationRule'),
    ingresses: ofKind('Ingress'),
    services: new ServiceTable(
      [service('stable'), service('canary')],
      [slice('stable', stable), slice('canary', canary)],
      ['1', '2'].map(pod),
    ),
  };
}

interface Asked {
  readonly host?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly random?: number;
  readonly listener?: Listener;
}

function ask(cluster: Cluster, asked: Asked = {}): RouteDecision {
  const request = { host: 'shop.example', method: 'GET', path: '/', headers: {}, ...asked };
  return route(request, tables(cluster), () => asked.random ?? 0, asked.listener);
}

function said(decision: RouteDecision): string {
  return decision.kind === 'drop' ? decision.reason : decision.service.slice(ns.length + 1);
}

const virtualService = (route_: string, rest = '') => `
kind: VirtualService
metadata: {name: shop}
spec:
  hosts: [shop.example]
  http:
${rest}  - name: primary
    route: ${route_}`;
const weights = (canary: number) =>
  `[{destination: {host: stable}, weight: ${100 - canary}}, {destination: {host: canary}, weight: ${canary}}]`;

describe('gateway, Istio rules', () => {
  it('splits by weight and never takes a destination of weight 0', () => {
    const split = { objects: [virtualService(weights(20))] };
    expect(said(ask(split, { random: 0.79 }))).to.equal('stable');
    expect(said(ask(split, { random: 0.81 }))).to.equal('canary');
    assert(
      property(double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (random) => {
        expect(said(ask({ objects: [virtualService(weights(0))], canary: [] }, { random }))).to.equal(
          'stable',
        );
        expect(said(ask({ objects: [virtualService(weights(100))], stable: [] }, { random }))).to.equal(
          'canary',
        );
      }),
    );
  });

  it('keeps to the weights over many requests', () => {
    const known = tables({ objects: [virtualService(weights(20))] });
    const random = createSeededRandom(7);
    const request = { host: 'shop.example', method: 'GET', path: '/', headers: {} };
    const taken = Array.from({ length: 10_000 }, () => said(route(request, known, random)));
    expect(taken.filter((name) => name === 'canary').length).to.be.within(1850, 2150);
  });

  it('takes the first route that matches, by header, path and method', () => {
    const header = `  - name: beta
    match: [{headers: {x-beta: {exact: "1"}}}, {uri: {prefix: /beta}, method: {regex: "GET|HEAD"}}]
    route: [{destination: {host: canary}, weight: 100}]
`;
    const cluster = { objects: [virtualService(weights(0), header)] };
    expect(said(ask(cluster, { headers: { 'x-beta': '1' } }))).to.equal('canary');
    expect(said(ask(cluster, { path: '/beta/x?y=1' }))).to.equal('canary');
    expect(said(ask(cluster, { headers: { 'x-beta': '2' } }))).to.equal('stable');
  });

  it('sends subsets to the pods that carry their labels', () => {
    const subset = '[{destination: {host: stable, subset: canary}}]';
    const rule = (hash: string) => `
kind: DestinationRule
metadata: {name: shop}
spec: {host: stable, subsets: [{name: canary, labels: {rollouts-pod-template-hash: "${hash}"}}]}`;
    const decision = ask(
      { objects: [virtualService(subset), rule('2')], stable: ['1', '2'] },
      { random: 0.9 },
    );
    expect(decision).to.deep.include({ kind: 'forward' });
    expect(decision.kind === 'forward' && decision.target.pod).to.equal('shop/p-2');
    expect(said(ask({ objects: [virtualService(subset), rule('9')] }))).to.equal('UH');
    expect(said(ask({ objects: [virtualService(subset)] }))).to.equal('NC');
  });

  it('drops with the reason: no route, no such service, no endpoint', () => {
    const onlyApi = `
kind: VirtualService
metadata: {name: shop}
spec: {hosts: [shop.example], http: [{match: [{uri: {prefix: /api}}], route: [{destination: {host: stable}}]}]}`;
    expect(said(ask({ objects: [onlyApi] }))).to.equal('NR');
    expect(said(ask({ objects: [virtualService('[{destination: {host: absent}}]')] }))).to.equal('NC');
    expect(said(ask({ objects: [virtualService(weights(100))], canary: [] }, { random: 0.5 }))).to.equal(
      'UH',
    );
  });

  it('mirrors by percentage', () => {
    const mirrored = `
kind: VirtualService
metadata: {name: shop}
spec:
  hosts: [shop.example]
  http: [{route: [{destination: {host: stable}}], mirror: {host: canary}, mirrorPercentage: {value: 30}}]`;
    const mirror = (random: number) => {
      const decision = ask({ objects: [mirrored] }, { random });
      return decision.kind === 'forward' ? decision.mirror?.service : undefined;
    };
    expect(mirror(0.29)).to.equal('shop/canary');
    expect(mirror(0.31)).to.equal(undefined);
  });
});

const ingress = (name: string, backend: string, annotations = '{}', path = '/', pathType = 'Prefix') => `
kind: Ingress
metadata: {name: ${name}, annotations: ${annotations}}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example
    http: {paths: [{path: ${path}, pathType: ${pathType}, backend: {service: {name: ${backend}, port: {number: 80}}}}]}`;
const canaryIngress = (settings: Readonly<Record<string, string>>) => {
  const prefix = 'nginx.ingress.kubernetes.io/';
  const annotations = Object.entries({ canary: 'true', ...settings }).map(([key, value]) => [
    `${prefix}${key}`,
    value,
  ]);
  return ingress('canary', 'canary', JSON.stringify(Object.fromEntries(annotations)));
};

describe('gateway, NGINX rules', () => {
  const table: readonly [
    sentence: string,
    settings: Record<string, string>,
    asked: Asked,
    service: string,
  ][] = [
    ['weight reached', { 'canary-weight': '20' }, { random: 0.19 }, 'canary'],
    ['weight not reached', { 'canary-weight': '20' }, { random: 0.2 }, 'stable'],
    [
      'a total above 100',
      { 'canary-weight': '20', 'canary-weight-total': '1000' },
      { random: 0.021 },
      'stable',
    ],
    [
      'a total below 100 does not count',
      { 'canary-weight': '20', 'canary-weight-total': '40' },
      { random: 0.3 },
      'stable',
    ],
    ['header always', { 'canary-by-header': 'X-C' }, { headers: { 'x-c': 'always' } }, 'canary'],
    [
      'header never before weight',
      { 'canary-by-header': 'X-C', 'canary-weight': '100' },
      { headers: { 'x-c': 'never' } },
      'stable',
    ],
    [
      'another header value falls to weight',
      { 'canary-by-header': 'X-C', 'canary-by-header-value': 'a', 'canary-weight': '100' },
      { headers: { 'x-c': 'never' } },
      'canary',
    ],
    [
      'header pattern',
      { 'canary-by-header': 'X-C', 'canary-by-header-pattern': 'b.d' },
      { headers: { 'x-c': 'abcde' } },
      'canary',
    ],
    ['cookie', { 'canary-by-cookie': 'c' }, { headers: { cookie: 'a=1; c=always' } }, 'canary'],
  ];
  for (const [sentence, settings, asked, expected] of table) {
    it(`canary by ${sentence}: ${expected}`, () => {
      const cluster = { objects: [ingress('shop', 'stable'), canaryIngress(settings)] };
      expect(said(ask(cluster, asked))).to.equal(expected);
    });
  }

  it('serves nobody when the primary has no endpoint, even at weight 100', () => {
    const objects = [ingress('shop', 'stable'), canaryIngress({ 'canary-weight': '100' })];
    expect(said(ask({ objects, stable: [] }))).to.equal('UH');
  });

  it('takes the primary when the canary has no endpoint', () => {
    const objects = [ingress('shop', 'stable'), canaryIngress({ 'canary-weight': '100' })];
    expect(said(ask({ objects, canary: [] }))).to.equal('stable');
  });

  it('takes the longest path, whole elements only, and ignores other classes', () => {
    const objects = [ingress('shop', 'stable'), ingress('api', 'canary', '{}', '/api')];
    expect(said(ask({ objects }, { path: '/api/x' }))).to.equal('canary');
    expect(said(ask({ objects }, { path: '/apix' }))).to.equal('stable');
    const other = ingress('shop', 'stable').replace('ingressClassName: nginx', 'ingressClassName: other');
    expect(said(ask({ objects: [other] }))).to.equal('NR');
  });
});

describe('gateway, Services by name', () => {
  it('answers to the short and the long name', () => {
    for (const host of ['stable', 'stable.shop', 'stable.shop.svc.cluster.local:8080']) {
      expect(said(ask({}, { host }))).to.equal('stable');
    }
    expect(said(ask({}, { host: 'stable.other' }))).to.equal('NR');
    expect(said(ask({ stable: [] }, { host: 'stable' }))).to.equal('UH');
  });
});
