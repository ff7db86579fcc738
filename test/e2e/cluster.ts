import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createCredentials } from '#adapters/kube-http/credentials.js';
import { loadKubeconfig } from '#adapters/kube-http/kubeconfig.js';
import { createKubeHttp, type KubeHttp } from '#adapters/kube-http/kube-http.js';
import { kinds, type Kind } from '#api/kinds.js';
import { parseYaml } from '#core/yaml/yaml.js';
import type { ListOptions } from '#ports/kube.js';
import { createRealClock } from '#runtime/clock.js';
import { startProgram, type RunningProgram } from './program.js';

/** The cluster of the kubeconfig, with a namespace of this run and the built controllers beside it. */
export interface Cluster {
  readonly kube: KubeHttp;
  readonly namespace: string;
  /** The image of the pods, whose repository `E2E_IMAGE` may name; nothing is asked of it but to stay up. */
  readonly image: (version: string) => string;
  /** The controllers; `restart` ends them and starts new ones. */
  controller(): RunningProgram;
  restart(): Promise<RunningProgram>;
  /** What all controllers of this run logged, those that ended too. */
  logs(): string;
  get(kind: Kind, name: string): Promise<any>;
  list(kind: Kind, labelSelector?: string): Promise<readonly any[]>;
  apply(...objects: readonly any[]): Promise<void>;
  /** One command of the program; rejects with its stderr when it fails. */
  sluice(...args: readonly string[]): Promise<string>;
  close(): Promise<void>;
}

/** What is run: the bundle of `make build`, or the one that `E2E_PROGRAM` names. */
export const program = process.env['E2E_PROGRAM'] ?? 'dist/sluice.mjs';

let opened: Promise<Cluster> | undefined;

/** The cluster that all files of a run share; skips the suite when `KUBECONFIG` names none. */
export async function cluster(context: Mocha.Context): Promise<Cluster> {
  const kubeconfig = process.env['KUBECONFIG'];
  if (kubeconfig === undefined || kubeconfig === '') context.skip();
  context.timeout(60_000);
  opened ??= open(kubeconfig ?? '');
  return opened;
}

after(async function () {
  this.timeout(60_000);
  await (await opened)?.close();
});

async function open(kubeconfig: string): Promise<Cluster> {
  const clock = createRealClock();
  const credentials = createCredentials(await loadKubeconfig({ path: kubeconfig }), clock);
  const kube = createKubeHttp({ credentials, clock, userAgent: 'sluice-e2e', qps: 1000, burst: 1000 });
  const namespace = `sluice-e2e-${Date.now().toString(36)}`;
  await refuseOthers(kube);
  await installDefinitions(kube);
  await kube.create(kinds.namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  // The controllers may be given less than the test, for instance the rights of deploy/base.
  const rights = process.env['E2E_CONTROLLER_KUBECONFIG'] ?? kubeconfig;
  let running = await startProgram(program, rights, namespace);
  const started = [running];
  return {
    kube,
    namespace,
    image: (version) => `${process.env['E2E_IMAGE'] ?? 'registry.k8s.io/pause'}:${version}`,
    controller: () => running,
    restart: async () => {
      await running.stop();
      running = await startProgram(program, rights, namespace);
      started.push(running);
      return running;
    },
    logs: () => started.map((one) => one.log()).join(''),
    get: (kind, name) => kube.get({ kind, namespace, name }),
    list: (kind, labelSelector) =>
      everyPage(kube, kind, { namespace, ...(labelSelector === undefined ? {} : { labelSelector }) }),
    apply: (...objects) => applyAll(kube, namespace, objects),
    sluice: (...args) => runProgram(kubeconfig, namespace, args),
    close: async () => {
      await running.stop();
      await kube.delete({ kind: kinds.namespace, name: namespace }, { propagationPolicy: 'Background' });
      await kube.close();
    },
  };
}

/** Two controllers would drive the same releases: each test has a lease in a namespace of its own. */
async function refuseOthers(kube: KubeHttp): Promise<void> {
  const leases = await kube.list(kinds.lease);
  const held = leases.items.find(({ metadata, spec }: any) => {
    const isFresh = Date.now() - Date.parse(spec?.renewTime ?? 0) < 15_000;
    return metadata.name.startsWith('argo-rollouts-controller-lock') && spec?.holderIdentity && isFresh;
  });
  if (held === undefined) return;
  throw new Error(`controllers run on this cluster already: see the Lease in ${held.metadata.namespace}`);
}

async function installDefinitions(kube: KubeHttp): Promise<void> {
  for (const file of readdirSync('crds').filter((name) => name.endsWith('.yaml'))) {
    const parsed = parseYaml(readFileSync(`crds/${file}`, 'utf8'));
    if (!parsed.ok) throw new Error(`crds/${file} does not parse`);
    const definition: any = parsed.value;
    const key = { kind: kinds.customResourceDefinition, name: definition.metadata.name };
    await kube.patch(key, { type: 'apply', body: definition, force: true }, { fieldManager: 'sluice-e2e' });
    await eventually(`${definition.metadata.name} is served`, async () => {
      const stored: any = await kube.get(key);
      return stored.status?.conditions?.some(
        (one: any) => one.type === 'Established' && one.status === 'True',
      );
    });
  }
}

async function applyAll(kube: KubeHttp, namespace: string, objects: readonly any[]): Promise<void> {
  for (const object of objects) {
    const kind = await kube.resolve(object.apiVersion, object.kind);
    if (kind === undefined) throw new Error(`${object.kind} is not served`);
    const body = { ...object, metadata: { namespace, ...object.metadata } };
    await kube.patch(
      { kind, namespace, name: object.metadata.name },
      { type: 'apply', body, force: true },
      { fieldManager: 'sluice-e2e' },
    );
  }
}

async function everyPage(kube: KubeHttp, kind: Kind, options: ListOptions): Promise<readonly any[]> {
  const page = await kube.list(kind, options);
  if (page.continue === undefined) return page.items;
  return [...page.items, ...(await everyPage(kube, kind, { ...options, continue: page.continue }))];
}

function runProgram(kubeconfig: string, namespace: string, args: readonly string[]): Promise<string> {
  const line = [program, '--kubeconfig', kubeconfig, '--namespace', namespace, ...args];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, line, { timeout: 60_000 }, (error, out, err) => {
      if (error === null) resolve(out);
      else reject(new Error(`sluice ${args.join(' ')}: ${err}${out}`));
    });
  });
}

/** Asks until the answer is true; rejects with the sentence, and what was seen last, when it is not within the time. */
export async function eventually(
  sentence: string,
  probe: () => Promise<unknown>,
  seen: () => Promise<unknown> = async () => undefined,
  withinMs = 30_000,
): Promise<void> {
  const end = Date.now() + withinMs;
  while ((await probe()) !== true) {
    if (Date.now() > end)
      throw new Error(`never: ${sentence}; seen ${JSON.stringify(await seen(), null, 1)}`);
    await pause(100);
  }
}

/** Real processes need real time. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
