import type { Pod } from '#api/k8s/core-kinds.js';
import { kinds } from '#api/kinds.js';
import { isEqual } from '#core/json/json.js';
import type { Sandbox } from '#sandbox/index.js';
import type { RunningPrometheus, ScrapeTarget } from './run.js';

const lookEveryMs = 500;

/**
 * Keeps what Prometheus scrapes in step with the sandbox: the gateway, and every running pod annotated
 * `prometheus.io/scrape: "true"` with its labels. @returns a function that stops it.
 */
export function followTargets(sandbox: Sandbox, prometheus: RunningPrometheus): () => void {
  let last: readonly ScrapeTarget[] = [];
  const look = async (): Promise<void> => {
    const { items } = await sandbox.kube.list<Pod>(kinds.pod);
    const gateway = { address: `127.0.0.1:${sandbox.gateway.metricsPort}`, labels: { job: 'gateway' } };
    const targets = [gateway, ...items.flatMap(targetOf)];
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

function targetOf(pod: Pod): readonly ScrapeTarget[] {
  const notes = pod.metadata.annotations ?? {};
  const ip = pod.status?.podIP;
  if (notes['prometheus.io/scrape'] !== 'true' || ip === undefined || pod.status?.phase !== 'Running')
    return [];
  const port = notes['prometheus.io/port'] ?? String(pod.spec.containers[0]?.ports?.[0]?.containerPort ?? 80);
  const labels = Object.entries(pod.metadata.labels ?? {}).map(([key, value]) => [
    key.replaceAll(/[^A-Za-z0-9_]/g, '_'),
    value,
  ]);
  const where = { namespace: pod.metadata.namespace ?? '', pod: pod.metadata.name };
  return [{ address: addressOf(ip, port, notes), labels: { ...Object.fromEntries(labels), ...where } }];
}

/** Where pods have no addresses of their own, the sandbox notes which local port stands for a pod's port. */
function addressOf(ip: string, port: string, annotations: Readonly<Record<string, string>>): string {
  const pairs = (annotations['sandbox.sluice.dev/port-map'] ?? '').split(',').map((pair) => pair.split('='));
  return `${ip}:${pairs.find(([from]) => from === port)?.[1] ?? port}`;
}
