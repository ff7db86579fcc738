import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createCredentials } from '#adapters/kube-http/credentials.js';
import { createKubeHttp } from '#adapters/kube-http/kube-http.js';
import { loadKubeconfig } from '#adapters/kube-http/kubeconfig.js';
import type { KustomizationSpec } from '#api/flux/kustomization.js';
import { kinds } from '#api/kinds.js';
import { createRealClock } from '#runtime/clock.js';
import { Arrivals } from './arrivals.js';
import { Publisher } from './publisher.js';
import { Slowest } from './slowest.js';

/**
 * What a commit costs among N Kustomizations of one repository, on the cluster of KUBECONFIG, whatever applies them there
 * (it must not make sources itself: the bench writes the artifact). Requests are counted in the audit log of the API
 * server by user agent, CPU and memory by pid. A table goes to stderr, JSON to stdout.
 */
const { values: flags } = parseArgs({
  options: {
    n: { type: 'string', default: '100' },
    files: { type: 'string', default: '0' },
    namespace: { type: 'string', default: 'bench-git' },
    audit: { type: 'string', default: '' },
    agent: { type: 'string', default: '^sluice/' },
    pid: { type: 'string', default: '' },
    chain: { type: 'string', default: '0' },
    wait: { type: 'boolean', default: false },
    rest: { type: 'string', default: '20' },
  },
});
const { namespace } = flags;
const count = Number(flags.n);
const source = await loadKubeconfig();
const clock = createRealClock();
const kube = createKubeHttp({ credentials: createCredentials(source, clock), clock, userAgent: 'bench' });
const names = Array.from({ length: count }, (_, i) => `app-${String(i).padStart(4, '0')}`);

const configMap = (name: string, v: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: ${namespace}}\ndata: {v: '${v}'}\n`;
const deployment = (name: string, v: string) => `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: ${namespace}}
spec:
  replicas: 1
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}, annotations: {v: '${v}'}}
    spec: {terminationGracePeriodSeconds: 1, containers: [{name: app, image: 'example/app:v1'}]}
`;

function write(publisher: Publisher, name: string, v: string): void {
  publisher.files.set(`apps/${name}/a.yaml`, configMap(`${name}-a`, v));
  const second = flags.wait ? deployment(name, v) : configMap(`${name}-b`, v);
  publisher.files.set(`apps/${name}/b.yaml`, second);
}

async function create(name: string, i: number): Promise<void> {
  const isChained = i > 0 && i <= Number(flags.chain);
  const spec: KustomizationSpec = {
    interval: '10m',
    path: `./apps/${name}`,
    prune: true,
    sourceRef: { kind: 'GitRepository', name: 'app' },
    ...(flags.wait ? { wait: true } : {}),
    ...(isChained ? { dependsOn: [{ name: names[i - 1] ?? '' }] } : {}),
  };
  await kube.create(kinds.kustomization, {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name, namespace },
    spec,
  } as never);
}

/** Requests so far by `verb resource`, watches and leases left out. */
async function requests(): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  if (flags.audit === '') return counts;
  const agent = new RegExp(flags.agent);
  for (const line of (await readFile(flags.audit, 'utf8')).split('\n')) {
    if (line === '') continue;
    const { userAgent = '', verb, objectRef = {} } = JSON.parse(line);
    if (
      !agent.test(userAgent) ||
      verb === 'watch' ||
      objectRef.resource === 'leases' ||
      objectRef.resource === undefined
    )
      continue;
    const what = `${verb} ${objectRef.resource}${objectRef.subresource === undefined ? '' : `/${objectRef.subresource}`}`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  return counts;
}

async function cpu(): Promise<number> {
  if (flags.pid === '') return 0;
  const stat = await readFile(`/proc/${flags.pid}/stat`, 'utf8');
  const [user = '0', system = '0'] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  return (Number(user) + Number(system)) / 100;
}

async function rss(): Promise<number> {
  if (flags.pid === '') return 0;
  const status = await readFile(`/proc/${flags.pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
}

const figures: Record<string, unknown> = { kustomizations: count, files: Number(flags.files) };

/** One commit: when it arrives where, and what it costs until two seconds behind the last. */
async function commit(
  publisher: Publisher,
  arrivals: Arrivals,
  what: string,
  watched: string,
): Promise<void> {
  const [sentBefore, cpuBefore] = [await requests(), await cpu()];
  const { revision, at } = await publisher.publish();
  const seen = await arrivals.all(names, revision);
  const cpuNow = await cpu();
  await sleep(7000);
  const sent = await requests();
  const spent = [...sent].flatMap(([key, n]) => {
    const more = n - (sentBefore.get(key) ?? 0);
    return more === 0 ? [] : [[key, more] as const];
  });
  const total = spent.reduce((sum, [, n]) => sum + n, 0);
  figures[what] = {
    changedMs: Math.round((seen.get(watched) ?? 0) - at),
    lastMs: Math.round(Math.max(...seen.values()) - at),
    cpuSeconds: Number((cpuNow - cpuBefore).toFixed(2)),
    requests: total,
    requestsEach: Number((total / count).toFixed(2)),
    byKind: Object.fromEntries(spent),
    ...(flags.wait ? { behindSlowest: slowest.lagsOf(seen, at) } : {}),
  };
  process.stderr.write(`${what.padEnd(12)}${JSON.stringify(figures[what])}\n`);
}

await kube.create(kinds.namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
const publisher = await Publisher.start(kube, namespace);
const arrivals = new Arrivals(kube, namespace);
const slowest = new Slowest(kube, namespace);
try {
  for (const name of names) write(publisher, name, '1');
  for (let i = 0; i < Number(flags.files); i += 1)
    publisher.files.set(`other/${i % 100}/${i}.txt`, `file ${i}\n`);
  await arrivals.start();
  await slowest.start();
  await Promise.all(names.map(create));
  const watched = names[Math.floor(count / 2)] ?? '';
  await commit(publisher, arrivals, 'first', watched);
  publisher.files.set('README.md', 'changed');
  await commit(publisher, arrivals, 'none', watched);
  publisher.files.set(`apps/${watched}/a.yaml`, configMap(`${watched}-a`, '2'));
  await commit(publisher, arrivals, 'one', watched);
  for (const name of names) write(publisher, name, '3');
  await commit(publisher, arrivals, 'all', watched);
  const before = await requests();
  const cpuBefore = await cpu();
  await sleep(Number(flags.rest) * 1000);
  const rest = [...(await requests())].reduce((sum, [key, n]) => sum + n - (before.get(key) ?? 0), 0);
  figures['rest'] = {
    seconds: Number(flags.rest),
    requests: rest,
    cpuSeconds: (await cpu()) - cpuBefore,
    rssMiB: await rss(),
  };
  process.stderr.write(`rest        ${JSON.stringify(figures['rest'])}\n`);
  process.stdout.write(`${JSON.stringify(figures)}\n`);
} finally {
  arrivals.stop();
  slowest.stop();
  await Promise.all(names.map((name) => kube.delete({ kind: kinds.kustomization, namespace, name }, {})));
  await kube.delete({ kind: kinds.gitRepository, namespace, name: 'app' }, {});
  await kube.delete({ kind: kinds.namespace, name: namespace }, {});
  await publisher.close();
  await kube.close();
}
