import { expect } from 'chai';
import type { TrafficRequest } from '#core/traffic/request.js';
import { request, World } from '#test/conformance/world.js';
import { nginx } from './index.js';
import { canaryIngressName, type NginxConfig } from './schema.js';

const manifest = `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  rules: [{host: shop.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web-stable, port: {number: 80}}}}]}}]
`;

describe('nginx plan', () => {
  it('creates the canary ingress that the rollout owns', () => {
    const plan = nginx.plan({ stableIngress: 'shop' }, request(20), World.of(manifest));
    if (!plan.ok) throw new Error(plan.problem.message);
    expect(plan.changes).to.have.length(1);
    expect(plan.changes[0]).to.deep.include({ change: 'create', owned: true });
    expect(plan.changes[0]?.object).to.deep.equal({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: {
        name: 'web-shop-canary',
        namespace: 'shop',
        annotations: {
          'nginx.ingress.kubernetes.io/canary': 'true',
          'nginx.ingress.kubernetes.io/canary-weight': '20',
        },
      },
      spec: {
        ingressClassName: 'nginx',
        rules: [
          {
            host: 'shop.example',
            http: {
              paths: [
                {
                  path: '/',
                  pathType: 'Prefix',
                  backend: { service: { name: 'web-canary', port: { number: 80 } } },
                },
              ],
            },
          },
        ],
      },
    });
  });

  it('lets canary annotations win over additional ones, but never over the weight', () => {
    const config = {
      stableIngress: 'shop',
      additionalIngressAnnotations: {
        'canary-by-header': 'a',
        'nginx.ingress.kubernetes.io/canary-by-cookie': 'c',
      },
      canaryIngressAnnotations: {
        'nginx.ingress.kubernetes.io/canary-by-header': 'b',
        'nginx.ingress.kubernetes.io/canary-weight': '99',
        own: 'x',
      },
    };
    const world = World.of(manifest);
    world.shift(nginx, config, request(5));
    expect(
      world.get('networking.k8s.io', 'Ingress', 'shop', 'web-shop-canary')?.metadata.annotations,
    ).to.deep.equal({
      'nginx.ingress.kubernetes.io/canary': 'true',
      'nginx.ingress.kubernetes.io/canary-weight': '5',
      'nginx.ingress.kubernetes.io/canary-by-header': 'b',
      'nginx.ingress.kubernetes.io/canary-by-cookie': 'c',
      own: 'x',
    });
  });

  it('spells out the total only when it was set', () => {
    const annotationsAt = (wanted: TrafficRequest): unknown => {
      const world = World.of(manifest);
      world.shift(nginx, { stableIngress: 'shop' }, wanted);
      return world.get('networking.k8s.io', 'Ingress', 'shop', 'web-shop-canary')?.metadata.annotations;
    };
    const total = 'nginx.ingress.kubernetes.io/canary-weight-total';
    expect(annotationsAt(request(25))).not.to.have.property(total);
    const parts = request(250, { maxWeight: 1000, isMaxWeightSet: true });
    expect(annotationsAt(parts)).to.have.property(total, '1000');
  });

  it('does not touch a canary ingress of somebody else', () => {
    const foreign = manifest.replace('name: shop,', 'name: web-shop-canary,');
    const plan = nginx.plan({ stableIngress: 'shop' }, request(20), World.of(`${manifest}\n---\n${foreign}`));
    expect(plan).to.deep.include({ ok: false });
    if (!plan.ok)
      expect(plan.problem.message).to.equal(
        'canary ingress `web-shop-canary` controlled by different object',
      );
  });

  it('keeps the name of the canary ingress within 253 characters', () => {
    const name = canaryIngressName('r'.repeat(200), 's'.repeat(100));
    expect(name).to.have.length(253);
    expect(name).to.match(/^r{200}-s+-canary$/);
  });

  const badConfigs: readonly [config: NginxConfig, which: string][] = [
    [{}, 'Neither'],
    [{ stableIngress: 'a', stableIngresses: ['b'] }, 'Both'],
  ];
  for (const [config, which] of badConfigs) {
    it(`refuses ${which.toLowerCase()} of the two fields`, () => {
      expect(nginx.validate(config)?.message).to.equal(
        `Either StableIngress or StableIngresses must be configured. ${which} are configured.`,
      );
    });
  }
});
