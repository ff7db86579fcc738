import { names, type TrafficRouter } from './routers/router.js';

const repository = process.env['TRAFFIC_IMAGE'] ?? 'lab/echo';

/** The container of a version: an image of its own, or for a third version the second one that says another name. */
export function container(version: string): object {
  const isThird = version === 'v3';
  return {
    name: 'web',
    image: `${repository}:${isThird ? 'v2' : version}`,
    ...(isThird ? { env: [{ name: 'VERSION', value: version }] } : {}),
    ports: [{ name: 'http', containerPort: 8080 }],
    readinessProbe: { httpGet: { path: '/readyz', port: 'http' }, periodSeconds: 1 },
    // Without a request pods starve beside whatever else runs on a small machine.
    resources: { requests: { cpu: '20m' } },
  };
}

/** The version that a pod of this template says it is. */
export function versionOf(podSpec: any): string {
  const [{ image = '', env = [] } = {}] = podSpec?.containers ?? [];
  const named = env.find(({ name }: any) => name === 'VERSION');
  return named?.value ?? image.slice(image.lastIndexOf(':') + 1);
}

/** The Rollout of a run, with the first version. */
export function rollout(strategy: object, replicas: number): object {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: names.rollout },
    spec: {
      replicas,
      selector: { matchLabels: { app: names.rollout } },
      strategy,
      template: {
        metadata: { labels: { app: names.rollout } },
        spec: { terminationGracePeriodSeconds: 10, containers: [container('v1')] },
      },
    },
  };
}

export function service(name: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector: { app: names.rollout }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
  };
}

/** A canary behind a router, with short delays. */
export function canary(router: TrafficRouter, own: object): object {
  const backends = router.backends ?? { stableService: names.stable, canaryService: names.canary };
  const { trafficRouting } = router;
  const delays = { scaleDownDelaySeconds: 4, abortScaleDownDelaySeconds: 4 };
  return { canary: { ...backends, trafficRouting, ...delays, ...own } };
}
