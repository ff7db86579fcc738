import { Counter, Histogram, Registry } from 'prom-client';
import type { Target } from './routing.js';

/** One request that is over. */
export interface Served {
  readonly route: string;
  /** `namespace/name`; `''` when there was no route. */
  readonly service: string;
  readonly target?: Target;
  /** Name of the canary Ingress that took it. */
  readonly canary?: string;
  readonly code: number;
  readonly outcome: 'app_ok' | 'app_error' | 'dropped';
  /** `-` for none, else why it was dropped (NR, NC, UH, UF, UC). */
  readonly flags: string;
  readonly method: string;
  readonly host: string;
  readonly durationMs: number;
}

/** Counts requests as Istio's and ingress-nginx' metrics do, so that queries written for them work here too. */
export interface GatewayMetrics {
  count(served: Served): void;
  /** In Prometheus' text form. */
  text(): Promise<string>;
}

const istioLabels = [
  'reporter',
  'request_protocol',
  'source_workload',
  'source_workload_namespace',
  'destination_workload',
  'destination_workload_namespace',
  'destination_version',
  'destination_service',
  'destination_service_name',
  'destination_service_namespace',
  'response_code',
  'response_flags',
] as const;
const nginxLabels = ['namespace', 'ingress', 'service', 'canary', 'status', 'method', 'host'] as const;
const ownLabels = ['route', 'service', 'version', 'outcome'] as const;
const bucketsMs = [1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000];

export function createGatewayMetrics(): GatewayMetrics {
  const registers = [new Registry()];
  const own = new Counter({
    name: 'gateway_requests_total',
    help: 'Requests by outcome.',
    labelNames: ownLabels,
    registers,
  });
  const istio = new Counter({
    name: 'istio_requests_total',
    help: 'Requests as a mesh reports them.',
    labelNames: istioLabels,
    registers,
  });
  const istioDuration = new Histogram({
    name: 'istio_request_duration_milliseconds',
    help: 'Time to the end of the answer.',
    labelNames: istioLabels,
    buckets: bucketsMs,
    registers,
  });
  const nginx = new Counter({
    name: 'nginx_ingress_controller_requests',
    help: 'Requests as ingress-nginx reports them.',
    labelNames: nginxLabels,
    registers,
  });
  const nginxDuration = new Histogram({
    name: 'nginx_ingress_controller_request_duration_seconds',
    help: 'Time to the end of the answer.',
    labelNames: nginxLabels,
    buckets: bucketsMs.map((ms) => ms / 1000),
    registers,
  });
  return {
    count: (served) => {
      own.inc(ownLabelsOf(served));
      if (served.route.startsWith('Ingress/')) {
        nginx.inc(nginxLabelsOf(served));
        nginxDuration.observe(nginxLabelsOf(served), served.durationMs / 1000);
        return;
      }
      for (const reporter of served.target === undefined ? ['source'] : ['source', 'destination']) {
        istio.inc(istioLabelsOf(served, reporter));
        istioDuration.observe(istioLabelsOf(served, reporter), served.durationMs);
      }
    },
    text: () => registers[0]?.metrics() ?? Promise.resolve(''),
  };
}

function ownLabelsOf({
  route,
  service,
  target,
  outcome,
}: Served): Record<(typeof ownLabels)[number], string> {
  return { route, service, version: target === undefined ? '' : versionOf(target), outcome };
}

function nginxLabelsOf(served: Served): Record<(typeof nginxLabels)[number], string> {
  const [, namespace = '', ingress = ''] = served.route.split('/');
  const [, service = ''] = served.service.split('/');
  const canary = served.canary === undefined ? '' : `${namespace}-${service}`;
  return {
    namespace,
    ingress,
    service,
    canary,
    status: String(served.code),
    method: served.method,
    host: served.host,
  };
}

function istioLabelsOf(served: Served, reporter: string): Record<(typeof istioLabels)[number], string> {
  const { target } = served;
  const [namespace = '', name = ''] = served.service.split('/');
  return {
    reporter,
    request_protocol: 'http',
    source_workload: 'gateway',
    source_workload_namespace: 'sandbox',
    destination_workload: target?.workload ?? 'unknown',
    destination_workload_namespace: target?.pod.split('/')[0] ?? 'unknown',
    destination_version: target === undefined ? 'unknown' : versionOf(target),
    destination_service: name === '' ? 'unknown' : `${name}.${namespace}.svc.cluster.local`,
    destination_service_name: name === '' ? 'unknown' : name,
    destination_service_namespace: namespace === '' ? 'unknown' : namespace,
    response_code: String(served.code),
    response_flags: served.flags,
  };
}

/** The pod's label `version`, else the tag of its image. */
function versionOf(target: Target): string {
  return target.podLabels.version ?? /:([^/:@]+)(@.*)?$/.exec(target.image)?.[1] ?? 'latest';
}
