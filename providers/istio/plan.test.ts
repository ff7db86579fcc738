import { expect } from 'chai';
import { objectsAt } from '#core/json/read.js';
import { request, World } from '#test/conformance/world.js';
import { istio } from './index.js';

const config = { virtualService: { name: 'web' } };

function cluster(spec: string): World {
  return World.of(
    `{apiVersion: networking.istio.io/v1alpha3, kind: VirtualService, metadata: {name: web, namespace: shop}, spec: ${spec}}`,
  );
}

const split =
  'route: [{destination: {host: web-stable}, weight: 100}, {destination: {host: web-canary}, weight: 0}';

describe('istio plan', () => {
  it('drops a foreign destination that had a weight and keeps one that had none', () => {
    const world = cluster(
      `{http: [{${split}, {destination: {host: old}, weight: 30}, {destination: {host: idle}, weight: 0}]}]}`,
    );
    world.shift(istio, config, request(20));
    const route = objectsAt(objectsAt(world.objects[0]?.['spec'], 'http')[0], 'route');
    expect(route.map((weighted) => JSON.stringify(weighted))).to.deep.equal([
      '{"destination":{"host":"web-stable"},"weight":80}',
      '{"destination":{"host":"web-canary"},"weight":20}',
      '{"destination":{"host":"idle"},"weight":0}',
    ]);
  });

  it('leaves the weight of an additional subset alone and takes it from stable', () => {
    const rule = {
      name: 'web',
      canarySubsetName: 'canary',
      stableSubsetName: 'stable',
      additionalSubsetNames: ['blue'],
    };
    const world = World.of(`
{apiVersion: networking.istio.io/v1alpha3, kind: DestinationRule, metadata: {name: web, namespace: shop}, spec: {subsets: [{name: canary}, {name: stable}, {name: blue}]}}
---
{apiVersion: networking.istio.io/v1alpha3, kind: VirtualService, metadata: {name: web, namespace: shop}, spec: {http: [{route: [{destination: {host: w, subset: stable}, weight: 90}, {destination: {host: w, subset: canary}, weight: 0}, {destination: {host: w, subset: blue}, weight: 10}]}]}}`);
    world.shift(istio, { ...config, destinationRule: rule }, request(20));
    expect(istio.read({ ...config, destinationRule: rule }, request(20), world)).to.deep.include({
      canary: 20,
      stable: 70,
    });
    expect(JSON.stringify(world.objects)).to.include(
      '{"destination":{"host":"w","subset":"blue"},"weight":10}',
    );
  });

  const refused: readonly [what: string, spec: string, settings: object, message: string | RegExp][] = [
    [
      'a named route that is absent',
      `{http: [{name: a, ${split}]}]}`,
      { routes: ['b'] },
      "HTTP Route 'b' is not found in the defined Virtual Service.",
    ],
    [
      'a route without the canary',
      '{http: [{route: [{destination: {host: web-stable}}]}]}',
      {},
      "Canary Service 'web-canary' not found in route",
    ],
    [
      'a route without the stable',
      '{http: [{route: [{destination: {host: web-canary}}]}]}',
      {},
      "Stable Service 'web-stable' not found in route",
    ],
    ['no route at all', '{hosts: [a]}', {}, /^Unable to get any of the HTTP, TCP or TLS routes/],
    [
      'several routes and none named',
      `{http: [{${split}]}, {${split}]}]}`,
      {},
      /must have exactly one route when omitting .*routes$/,
    ],
  ];
  for (const [what, spec, settings, message] of refused) {
    it(`refuses ${what}`, () => {
      const plan = istio.plan({ virtualService: { name: 'web', ...settings } }, request(20), cluster(spec));
      if (plan.ok) throw new Error('planned');
      if (typeof message === 'string') expect(plan.problem.message).to.equal(message);
      else expect(plan.problem.message).to.match(message);
    });
  }

  it('puts managed routes in front, in their order, with one match a header', () => {
    const world = cluster(
      `{http: [{name: other, match: [{uri: {exact: /x}}], route: [{destination: {host: x}}]}, {name: primary, ${split}]}]}`,
    );
    const routes = [
      {
        kind: 'header' as const,
        name: 'b',
        match: [
          { headerName: 'x', headerValue: { exact: '1' } },
          { headerName: 'y', headerValue: { prefix: '2' } },
        ],
      },
      { kind: 'mirror' as const, name: 'a', match: [{ method: { exact: 'GET' } }] },
    ];
    world.shift(
      istio,
      { virtualService: { name: 'web', routes: ['primary'] } },
      request(10, { routes, managedRoutes: ['a', 'b'] }),
    );
    const http = objectsAt(world.objects[0]?.['spec'], 'http');
    expect(http.map((route) => route['name'])).to.deep.equal(['a', 'b', 'other', 'primary']);
    expect(http[0]).to.deep.include({
      mirror: { host: 'web-canary' },
      mirrorPercentage: { value: 100 },
      route: http[3]?.['route'],
    });
    expect(http[1]).to.deep.include({
      match: [{ headers: { x: { exact: '1' } } }, { headers: { y: { prefix: '2' } } }],
    });
  });
});
