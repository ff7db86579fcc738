import { kinds, type Kind } from '#api/kinds.js';
import type { Kube } from '#ports/kube.js';
import { names, type TrafficRouter } from './router.js';

const group = 'networking.istio.io';
const virtualService: Kind = {
  group,
  version: 'v1',
  kind: 'VirtualService',
  plural: 'virtualservices',
  namespaced: true,
};
const destinationRule: Kind = {
  group,
  version: 'v1',
  kind: 'DestinationRule',
  plural: 'destinationrules',
  namespaced: true,
};
const gatewayKey = { kind: kinds.deployment, namespace: 'istio-system', name: 'istio-ingressgateway' };

function gateway(host: string): object {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Gateway',
    metadata: { name: 'door' },
    spec: {
      selector: { istio: 'ingressgateway' },
      servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: [host] }],
    },
  };
}

function routes(host: string, route: readonly object[]): object {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: names.rollout },
    spec: { hosts: [host], gateways: ['door'], http: [{ name: 'primary', route }] },
  };
}

function destination(service: string, weight: number, subset?: string): object {
  return {
    destination: { host: service, port: { number: 80 }, ...(subset === undefined ? {} : { subset }) },
    weight,
  };
}

function istioOf(kube: Kube): Pick<TrafficRouter, 'hasHeaderRoutes' | 'plainRoutes' | 'door'> {
  return {
    hasHeaderRoutes: true,
    plainRoutes: (host, service) => [gateway(host), routes(host, [destination(service, 100)])],
    door: async (host) => {
      const service: any = await kube.get({ ...gatewayKey, kind: kinds.service });
      if (service === undefined) throw new Error('there is no Service istio-system/istio-ingressgateway');
      return { address: process.env['TRAFFIC_ISTIO'] ?? service.spec.clusterIP, port: 80, host };
    },
  };
}

/** A VirtualService that splits between two Services. */
export function istio(kube: Kube): TrafficRouter {
  return {
    ...istioOf(kube),
    id: 'istio',
    routeKinds: [virtualService],
    canaryRoutes: (host) => [
      gateway(host),
      routes(host, [destination(names.stable, 100), destination(names.canary, 0)]),
    ],
    trafficRouting: { istio: { virtualService: { name: names.rollout, routes: ['primary'] } } },
  };
}

/** A VirtualService that splits between two subsets of one Service. */
export function istioSubsets(kube: Kube): TrafficRouter {
  return {
    ...istioOf(kube),
    id: 'istio-subsets',
    routeKinds: [virtualService, destinationRule],
    canaryRoutes: (host) => [
      gateway(host),
      routes(host, [destination(names.stable, 100, 'stable'), destination(names.stable, 0, 'canary')]),
      {
        apiVersion: 'networking.istio.io/v1',
        kind: 'DestinationRule',
        metadata: { name: names.rollout },
        spec: {
          host: names.stable,
          subsets: ['stable', 'canary'].map((name) => ({ name, labels: { app: names.rollout } })),
        },
      },
    ],
    backends: {},
    trafficRouting: {
      istio: {
        virtualService: { name: names.rollout, routes: ['primary'] },
        destinationRule: { name: names.rollout, canarySubsetName: 'canary', stableSubsetName: 'stable' },
      },
    },
  };
}

/** A gateway without a CPU request starves beside everything else on a small machine, and that is no fault of a release. */
export async function giveGatewayCpu(kube: Kube): Promise<void> {
  const found: any = await kube.get(gatewayKey);
  if (found === undefined || found.spec.template.spec.containers[0].resources?.requests?.cpu !== undefined)
    return;
  const path = '/spec/template/spec/containers/0/resources';
  await kube.patch(gatewayKey, {
    type: 'json',
    body: [{ op: 'add', path, value: { requests: { cpu: '500m' } } }],
  });
  for (;;) {
    const { metadata, spec, status }: any = await kube.get(gatewayKey);
    const isWhole = status.updatedReplicas === spec.replicas && status.replicas === spec.replicas;
    if (status.observedGeneration === metadata.generation && isWhole && status.availableReplicas > 0) return;
    await new Promise((resolve) => {
      setTimeout(resolve, 300);
    });
  }
}
