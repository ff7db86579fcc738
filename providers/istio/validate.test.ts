import { expect } from 'chai';
import { request, World } from '../../test/conformance/world.js';
import { istio } from './index.js';
import type { IstioConfig } from './schema.js';

/** Rows of rollout-semantics 2.5 and traffic-providers 2.2 and 3.1. */
describe('validation of istio', () => {
  const one = { name: 'web' };
  const both: IstioConfig = { virtualService: one, virtualServices: [one] };
  for (const [what, config] of [
    ['both of virtualService and virtualServices', both],
    ['neither of them', {}],
  ] as const) {
    it(`refuses ${what} as an internal error of the whole section`, () => {
      expect(istio.validate(config)).to.deep.include({
        path: 'istio',
        isInternal: true,
        message: 'either VirtualService or VirtualServices must be configured',
      });
    });
  }

  const cluster = (spec: string) =>
    World.of(
      `{apiVersion: networking.istio.io/v1alpha3, kind: VirtualService, metadata: {name: web, namespace: shop}, spec: ${spec}}`,
    );
  const faults: readonly (readonly [
    what: string,
    spec: string,
    config: IstioConfig,
    path: string,
    message: string,
  ])[] = [
    [
      'a route that is not there',
      '{http: [{name: a, route: []}]}',
      { virtualService: { name: 'web', routes: ['primary'] } },
      'istio.virtualService.name',
      "Istio VirtualService has invalid HTTP routes. Error: HTTP Route 'primary' is not found in the defined Virtual Service.",
    ],
    [
      'a TLS route without the canary, in a list',
      '{tls: [{route: [{destination: {host: web-stable}}]}]}',
      { virtualServices: [{ name: 'web.shop' }] },
      'istio.virtualServices.name',
      "Istio VirtualService has invalid TLS routes. Error: Canary Service 'web-canary' not found in route",
    ],
    [
      'no section at all',
      '{hosts: [a]}',
      { virtualService: one },
      'istio.virtualService.name',
      'Unable to get any of the HTTP, TCP or TLS routes for the Istio VirtualService',
    ],
  ];
  for (const [what, spec, config, path, message] of faults) {
    it(`names ${what}`, () => {
      expect(istio.validateReferences(config, request(0), cluster(spec))).to.deep.equal({
        path,
        value: 'web',
        message,
      });
    });
  }
});
