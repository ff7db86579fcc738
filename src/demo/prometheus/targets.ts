import type { Pod, Service } from '#api/k8s/core-kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { kinds } from '#api/kinds.js';
import { isEqual } from '#core/json/json.js';
import { hasLabels } from '#core/kube/selector.js';
import type { Sandbox } from '#sandbox/index.js';
import type { RunningPrometheus, ScrapeTarget } from './run.js';

const lookEveryMs = 500;

/**
 * Keeps what Prometheus scrapes in step with the sandbox: the gateway, and what `scrapeTargets` finds. @returns a function
 * that stops it.
 */
export function followTargets(sandbox: Sandbox, prometheus: RunningPrometheus): () => void {
  let last: readonly ScrapeTarget[] = [];
  const look = async (): Promise<void> => {
    const [pods, services] = await Promise.all([
      sandbox.kube.list<Pod>(kinds.pod),
      sandbox.kube.list<Service>(kinds.service),
    ]);
    const gateway = { address: `127.0.0.1:${sandbox.gateway.metricsPort}`, labels: { job: 'gateway' } };
    const targets = [gateway, ...scrapeTargets(pods.items, services.items)];
    if (!isEqual(targets, last)) await prometheus.setTargets(targets);
    last = targets;
  };
  let isLooking = false;
  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    void look().finally(() => (isLooking = false));
  }, lookEveryMs);
  return () => clearInterval(timer);
}

/**
 * What asks to be scraped by the annotation `prometheus.io/scrape: "true"`: running pods, with their labels, and Services,
 * which means each running pod behind them with the label `service` besides. A pod behind two such Services is
 * scraped for each of them, as Prometheus does in a cluster.
 */
export function scrapeTargets(pods: readonly Pod[], services: readonly Service[]): readonly ScrapeTarget[] {
  const running = pods.filter(({ status }) => status?.phase === 'Running');
  const own = running.filter(wantsScraping).flatMap((pod) => targetOf(pod, pod, {}));
  const behind = services
    .filter(wantsScraping)
    .flatMap((service) =>
      running
        .filter((pod) => isBehind(pod, service))
        .flatMap((pod) => targetOf(pod, service, { service: service.metadata.name })),
    );
  return [...own, ...behind];
}

const wantsScraping = ({ metadata }: KubeObject): boolean =>
  metadata.annotations?.['prometheus.io/scrape'] === 'true';

function isBehind(pod: Pod, { metadata, spec }: Service): boolean {
  const selector = spec.selector ?? {};
  const isSelecting = Object.keys(selector).length > 0;
  return (
    isSelecting && pod.metadata.namespace === metadata.namespace && hasLabels(pod.metadata.labels, selector)
  );
}

function targetOf(
  pod: Pod,
  annotated: KubeObject,
  more: Readonly<Record<string, string>>,
): readonly ScrapeTarget[] {
  const ip = pod.status?.podIP;
  if (ip === undefined) return [];
  const wanted = annotated.metadata.annotations?.['prometheus.io/port'];
  const port = wanted ?? String(pod.spec.containers[0]?.ports?.[0]?.containerPort ?? 80);
  const labels = Object.entries(pod.metadata.labels ?? {}).map(([key, value]) => [
    key.replaceAll(/[^A-Za-z0-9_]/g, '_'),
    value,
  ]);
  const where = { namespace: pod.metadata.namespace ?? '', pod: pod.metadata.name, ...more };
  const address = addressOf(ip, port, pod.metadata.annotations ?? {});
  return [{ address, labels: { ...Object.fromEntries(labels), ...where } }];
}

/** Where pods have no addresses of their own, the sandbox notes which local port stands for a pod's port. */
function addressOf(ip: string, port: string, annotations: Readonly<Record<string, string>>): string {
  const pairs = (annotations['sandbox.sluice.dev/port-map'] ?? '').split(',').map((pair) => pair.split('='));
  return `${ip}:${pairs.find(([from]) => from === port)?.[1] ?? port}`;
}
