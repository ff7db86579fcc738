import { objectAt, objectsAt } from '#core/json/read.js';
import type { ProviderWorld } from '../world.js';

const service = `
apiVersion: traefik.io/v1alpha1
kind: TraefikService
metadata: {name: web, namespace: shop, labels: {team: shop}}
spec:
  weighted:
    sticky: {cookie: {name: side}}
    services:
    - {name: web-stable, port: 80, weight: 100, passHostHeader: true}
    - {name: web-canary, port: 80, weight: 0}
    - {name: archive, port: 80, weight: 0}
`;

export const traefikWorlds: readonly ProviderWorld[] = [
  {
    name: 'a weighted service',
    config: { weightedTraefikServiceName: 'web' },
    manifests: service,
    foreign: ([object]) => {
      const weighted = objectAt(objectAt(object, 'spec'), 'weighted');
      return [object?.metadata.labels, weighted['sticky'], objectsAt(weighted, 'services')[2]];
    },
  },
];
