import { expect } from 'chai';
import type { TrafficRequest } from '#core/traffic/request.js';
import { request, World } from '#test/conformance/world.js';
import { gatewayApi } from './index.js';

const route = (rules: string): World =>
  World.of(`
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: web, namespace: shop, generation: 2}
spec: {rules: ${rules}}`);

const both = '[{name: web-stable, port: 80, weight: 100}, {name: web-canary, port: 80, weight: 0}]';
const config = { httpRoute: 'web' };
const header: TrafficRequest['routes'][number] = {
  kind: 'header',
  name: 'beta',
  match: [
    { headerName: 'x-beta', headerValue: { exact: '1' } },
    { headerName: 'x-team', headerValue: { prefix: 'shop-' } },
  ],
};

const rulesAfter = (world: World, wanted: TrafficRequest): unknown => {
  world.shift(gatewayApi, config, wanted);
  return world.objects[0]?.['spec'];
};

describe('gateway API', () => {
  it('adds a header rule for each split rule, with its matches and filters', () => {
    const world = route(`[
      {matches: [{path: {type: PathPrefix, value: /a}}], filters: [{type: URLRewrite}], backendRefs: ${both}},
      {backendRefs: ${both}}, {name: own, backendRefs: [{name: web-canary, port: 80}]}]`);
    const wanted = request(0, { routes: [header], managedRoutes: ['beta'] });
    const { rules } = rulesAfter(world, wanted) as { readonly rules: readonly object[] };
    const headers = [
      { name: 'x-beta', type: 'Exact', value: '1' },
      { name: 'x-team', type: 'RegularExpression', value: 'shop-.*' },
    ];
    const backendRefs = [{ group: '', kind: 'Service', name: 'web-canary', port: 80, weight: 1 }];
    expect(rules.slice(2)).to.deep.equal([
      { name: 'own', backendRefs: [{ name: 'web-canary', port: 80 }] },
      {
        name: 'beta',
        filters: [{ type: 'URLRewrite' }],
        matches: [{ path: { type: 'PathPrefix', value: '/a' }, headers }],
        backendRefs,
      },
      { name: 'beta-1', matches: [{ path: { type: 'PathPrefix', value: '/' }, headers }], backendRefs },
    ]);
  });

  it('carries the label while the canary has weight, or none when it is switched off', () => {
    const key = 'rollouts.argoproj.io/gatewayapi-canary';
    const world = route(`[{backendRefs: ${both}}]`);
    world.shift(gatewayApi, config, request(20));
    expect(world.objects[0]?.metadata.labels).to.deep.equal({ [key]: 'in-progress' });
    world.shift(gatewayApi, config, request(0));
    expect(world.objects[0]?.metadata.labels).to.equal(undefined);
    world.shift(gatewayApi, { ...config, disableInProgressLabel: true }, request(20));
    expect(world.objects[0]?.metadata.labels).to.equal(undefined);
  });

  it('splits in parts of maxTrafficWeight and under ping-pong', () => {
    const world = route(`[{backendRefs: ${both}}]`);
    const turned = {
      stable: { service: 'web-canary', podTemplateHash: '7c9' },
      canary: { service: 'web-stable', podTemplateHash: '5d4' },
    };
    const wanted = request(250, { maxWeight: 1000, isMaxWeightSet: true, ...turned });
    world.shift(gatewayApi, config, wanted);
    expect(gatewayApi.read(config, wanted, world)).to.deep.include({ canary: 250, stable: 750 });
  });

  it('takes away only the Services of experiments that it added', () => {
    const world = route(
      '[{backendRefs: [{name: web-stable, port: 80}, {name: web-canary, port: 80}, {name: old, port: 80, weight: 0}]}]',
    );
    const additional = [{ service: 'exp-a', podTemplateHash: 'aaa', weight: 10 }];
    world.shift(gatewayApi, config, request(20, { additional }));
    expect(JSON.stringify(world.objects)).to.include('"name":"exp-a","port":80,"weight":10}');
    world.shift(gatewayApi, config, request(20));
    expect(JSON.stringify(world.objects)).to.include('"old"').and.not.include('exp-a');
    expect(world.objects[0]?.metadata.annotations).to.equal(undefined);
  });

  const said = (parent: string, status: string, seen: number): string =>
    `{parentRef: {name: ${parent}}, conditions: [{type: Accepted, status: "${status}", observedGeneration: ${seen}}]}`;
  const words: readonly (readonly [title: string, parents: string, isVerified: boolean])[] = [
    ['waits for nobody where no gateway speaks in the status', '', true],
    ['waits for a gateway that saw an older generation', said('edge', 'True', 1), false],
    ['takes the word of a gateway that saw this generation', said('edge', 'True', 2), true],
    ['waits for every gateway that speaks', `${said('edge', 'True', 2)}, ${said('inner', 'True', 1)}`, false],
    ['waits while the only gateway refuses the route', said('edge', 'False', 2), false],
    [
      'does not wait for a gateway that refuses the route',
      `${said('edge', 'True', 2)}, ${said('inner', 'False', 2)}`,
      true,
    ],
    [
      'does not wait for a gateway that the route left',
      `${said('edge', 'True', 2)}, ${said('gone', 'True', 1)}`,
      true,
    ],
  ];
  for (const [title, parents, isVerified] of words) {
    it(title, () => {
      const refs = '[{name: edge}, {name: inner}]';
      const world = World.of(`
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: web, namespace: shop, generation: 2}
spec: {parentRefs: ${refs}, rules: [{backendRefs: ${both}}]}
status: {parents: [${parents}]}`);
      expect(gatewayApi.read(config, request(0), world)).to.have.property('isVerified', isVerified);
    });
  }

  it('says what is wrong with a route, and plans nothing', () => {
    const problem = (world: World, wanted = request(20)): unknown => {
      const plan = gatewayApi.plan(config, wanted, world);
      return plan.ok ? undefined : [plan.problem.object, plan.problem.message];
    };
    expect(problem(route('[{backendRefs: [{name: web-stable, port: 80}]}]'))).to.deep.equal([
      'HTTPRoute/shop/web',
      'backendRef was not found in httpRoute: no rule names both Service web-stable and Service web-canary',
    ]);
    const many = `[${Array.from({ length: 9 }, () => `{backendRefs: ${both}}`).join(', ')}]`;
    const wanted = request(20, { routes: [header], managedRoutes: ['beta'] });
    expect(problem(route(many), wanted)).to.deep.equal([
      'HTTPRoute/shop/web',
      '18 rules are more than the 16 that the Gateway API allows: split the route, or use fewer header routes',
    ]);
  });

  it('does not mirror behind a gateway that would answer 500, and takes the mirror away there', () => {
    const mirror = { kind: 'mirror', name: 'shadow', percentage: 10, match: [] } as const;
    const behind = (controller: string): World =>
      World.of(`
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: web, namespace: shop}
spec: {rules: [{backendRefs: ${both}}]}
status: {parents: [{controllerName: ${controller}}]}`);
    const wanted = request(20, { routes: [mirror], managedRoutes: ['shadow'] });
    const plan = gatewayApi.plan(config, wanted, behind('traefik.io/gateway-controller'));
    expect(plan.ok ? '' : plan.problem.message).to.equal(
      'traefik.io/gateway-controller answers 500 to all that a rule with a mirror matches: take the setMirrorRoute steps out',
    );
    const none = request(20, { managedRoutes: ['shadow'] });
    expect(gatewayApi.plan(config, none, behind('traefik.io/gateway-controller')).ok).to.equal(true);
    expect(gatewayApi.plan(config, wanted, behind('example.com/edge')).ok).to.equal(true);
  });

  const refused: readonly (readonly [what: string, config: object, path: string, message: RegExp])[] = [
    ['nothing to shift', {}, '', /^No routes configured. At least one of httpRoute,/],
    ['an option it does not have', { httpRoute: 'web', htpRoutes: [] }, '.htpRoutes', /no such option/],
    [
      'a misspelt option of a route',
      { httpRoutes: [{ name: 'web', headerRoutes: true }] },
      '.httpRoutes[0].headerRoutes',
      /no such option/,
    ],
    ['a route without a name', { grpcRoutes: [{}] }, '.grpcRoutes[0]', /name/],
    ['a name that is none', { tcpRoute: 5 }, '.tcpRoute', /string/],
    [
      'labels that are none',
      { tlsRouteSelector: { matchLabels: [] } },
      '.tlsRouteSelector.matchLabels',
      /object/,
    ],
  ];
  for (const [what, given, path, message] of refused) {
    it(`refuses ${what}`, () => {
      expect(gatewayApi.references(given, 'shop', 'web')).to.be.an('array');
      const problem = gatewayApi.validate(given);
      expect(problem?.path).to.equal(`plugins.argoproj-labs/gatewayAPI${path}`);
      expect(problem?.message).to.match(message);
    });
  }

  it('takes every option that the plugin documents', () => {
    const kinds = ['http', 'grpc', 'tcp', 'tls'];
    const all = Object.fromEntries(
      kinds.flatMap((kind): [string, unknown][] => [
        [`${kind}Route`, 'a'],
        [`${kind}Routes`, [{ name: 'b', useHeaderRoutes: true }, { name: 'c' }]],
        [
          `${kind}RouteSelector`,
          { matchLabels: { app: 'web' }, matchExpressions: [{ key: 'k', operator: 'Exists' }] },
        ],
      ]),
    );
    const rest = {
      namespace: 'edge',
      disableInProgressLabel: false,
      inProgressLabelKey: 'k',
      inProgressLabelValue: 'v',
    };
    expect(gatewayApi.validate({ ...all, ...rest })).to.equal(undefined);
    expect(gatewayApi.references({ ...all, ...rest }, 'shop', 'web')).to.have.length(16);
  });
});
