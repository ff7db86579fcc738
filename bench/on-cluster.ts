import { createCredentials } from '#adapters/kube-http/credentials.js';
import { createKubeHttp, type KubeHttp } from '#adapters/kube-http/kube-http.js';
import { loadKubeconfig } from '#adapters/kube-http/kubeconfig.js';
import type { Rollout } from '#api/argoproj/rollout.js';
import { type Kind, kinds } from '#api/kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { createRealClock } from '#runtime/clock.js';

/** Runs a measurement in a namespace of its own on the cluster of KUBECONFIG, which is gone afterwards. */
export async function onCluster(
  namespace: string,
  measure: (kube: KubeHttp) => Promise<void>,
): Promise<void> {
  const clock = createRealClock();
  const source = await loadKubeconfig();
  const kube = createKubeHttp({ credentials: createCredentials(source, clock), clock, userAgent: 'bench' });
  const space = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
  await kube.create(kinds.namespace, space);
  try {
    await measure(kube);
  } finally {
    await kube.delete({ kind: kinds.namespace, name: namespace }, {});
    await kube.close();
  }
}

/** Follows all objects of a kind in a namespace until `heed` says that it has seen enough. */
export async function follow<T extends KubeObject>(
  kube: KubeHttp,
  { kind, namespace }: { readonly kind: Kind; readonly namespace: string },
  heed: (object: T) => boolean,
): Promise<void> {
  const { items, resourceVersion } = await kube.list<T>(kind, { namespace });
  if (items.map((item) => heed(item)).includes(true)) return;
  const stop = new AbortController();
  for await (const event of kube.watch<T>(kind, { namespace, resourceVersion, signal: stop.signal })) {
    if ('object' in event && heed(event.object)) break;
  }
  stop.abort();
}

/** Whether a Rollout is Healthy on its newest spec. */
export function isDone({ metadata, status }: Rollout): boolean {
  return status?.phase === 'Healthy' && status.observedGeneration === String(metadata.generation);
}

/** Runs work over items, `width` at a time. */
export async function each<T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const left = items.values();
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (const item of left) await work(item);
    }),
  );
}

/** What becomes of a lot of times: median, 95th percentile, most. */
export function spread(values: readonly number[]): Readonly<Record<'median' | 'p95' | 'most', number>> {
  return { median: quantile(values, 0.5), p95: quantile(values, 0.95), most: quantile(values, 1) };
}

/** Rounded; 0 when there is no value. */
export function quantile(values: readonly number[], at: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * at))] ?? 0);
}

/** Prints figures: a table for people on stderr, JSON on stdout. */
export function print(figures: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(figures))
    process.stderr.write(
      `${name.padEnd(24)}${typeof value === 'object' ? JSON.stringify(value) : String(value)}\n`,
    );
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}
