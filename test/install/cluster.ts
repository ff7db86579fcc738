import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseYaml, printYaml } from '#core/yaml/yaml.js';
import { eventually, program } from '../e2e/cluster.js';
import { launchProgram, type RunningProgram } from '../e2e/program.js';

/** A cluster whose definitions, rights and quotas are the test's to change: nobody else may use it meanwhile. */
export interface BareCluster {
  readonly namespace: string;
  readonly kubeconfig: string;
  /** Its standard output; throws with what it says when it fails. */
  kubectl(...args: readonly string[]): string;
  /** Applies manifests, server-side. */
  apply(...objects: readonly object[]): void;
  get(kind: string, name: string, namespace?: string): any;
  installDefinitions(change?: (definition: any) => any): void;
  /** Comes back when they are not served any more, which is a moment behind their end. */
  removeDefinitions(): Promise<void>;
  /** The controllers as a process, with a kubeconfig of its own or the test's; ended at `close`. */
  controllers(kubeconfig?: string): Promise<RunningProgram>;
  /** A kubeconfig of a service account of the namespace; it holds what the rules say, in the whole cluster. */
  accountWith(name: string, rules: readonly object[]): string;
  /** Ends the controllers that run, and removes the namespace. */
  close(): Promise<void>;
}

/** The cluster of `KUBECONFIG`; skips the suite without one. */
export function bareCluster(context: Mocha.Context, title: string): BareCluster {
  const kubeconfig = process.env['KUBECONFIG'] ?? '';
  if (kubeconfig === '') context.skip();
  const folder = mkdtempSync(join(tmpdir(), 'sluice-install-'));
  const namespace = `sluice-${title}-${Date.now().toString(36)}`;
  const started: RunningProgram[] = [];
  const run = (args: readonly string[], input?: string): string => {
    const options = { encoding: 'utf8', timeout: 60_000, ...(input === undefined ? {} : { input }) } as const;
    const { status, stdout, stderr } = spawnSync('kubectl', ['--kubeconfig', kubeconfig, ...args], options);
    if (status !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
    return stdout;
  };
  const apply = (...objects: readonly object[]): void =>
    void run(
      ['apply', '--server-side', '--force-conflicts', '-f', '-'],
      objects.map((one) => printYaml(one)).join('---\n'),
    );
  apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  return {
    namespace,
    kubeconfig,
    kubectl: (...args) => run(args),
    apply: (...objects) => apply(...objects.map((one: any) => inNamespace(one, namespace))),
    get: (kind, name, where = namespace) => JSON.parse(run(['get', kind, name, '-n', where, '-o', 'json'])),
    installDefinitions: (change = (one) => one) => apply(...definitions().map((one) => change(one))),
    removeDefinitions: async () => {
      run(['delete', 'crd', '--ignore-not-found', ...definitions().map(({ metadata }) => metadata.name)]);
      await eventually('the definitions are gone', () => Promise.resolve(!isServed(run)));
    },
    controllers: async (own = kubeconfig) => {
      const running = await launchProgram(program, own, namespace);
      started.push(running);
      return running;
    },
    accountWith: (name, rules) => {
      apply(...account(name, namespace, rules));
      const token = run(['create', 'token', name, '-n', namespace]).trim();
      const path = join(folder, `${name}.kubeconfig`);
      const config = JSON.parse(run(['config', 'view', '--raw', '--minify', '-o', 'json']));
      writeFileSync(
        path,
        printYaml({ ...config, users: [{ name: config.users[0].name, user: { token } }] }),
        { mode: 0o600 },
      );
      return path;
    },
    close: async () => {
      for (const running of started) if (!running.hasEnded()) await running.kill();
      run(['delete', 'namespace', namespace, '--wait=false', '--ignore-not-found']);
      run([
        'delete',
        'clusterrole,clusterrolebinding',
        '-l',
        `sluice-test=${namespace}`,
        '--ignore-not-found',
      ]);
    },
  };
}

function isServed(run: (args: readonly string[]) => string): boolean {
  try {
    run(['get', '--raw', '/apis/argoproj.io/v1alpha1/rollouts?limit=1']);
    return true;
  } catch {
    return false;
  }
}

function inNamespace(object: any, namespace: string): any {
  return { ...object, metadata: { namespace, ...object.metadata } };
}

function definitions(): readonly any[] {
  return readdirSync('crds')
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => {
      const parsed = parseYaml(readFileSync(`crds/${name}`, 'utf8'));
      if (!parsed.ok) throw new Error(`crds/${name} does not parse`);
      return parsed.value;
    });
}

function account(name: string, namespace: string, rules: readonly object[]): readonly object[] {
  const metadata = { name: `${namespace}-${name}`, labels: { 'sluice-test': namespace } };
  const rbac = { apiVersion: 'rbac.authorization.k8s.io/v1' };
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: metadata.name };
  const subjects = [{ kind: 'ServiceAccount', name, namespace }];
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } },
    { ...rbac, kind: 'ClusterRole', metadata, rules },
    { ...rbac, kind: 'ClusterRoleBinding', metadata, roleRef, subjects },
  ];
}
