import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import { printYaml } from '#core/yaml/yaml.js';
import { serveGit, type GitServer } from '#sandbox/git/git-server.js';
import { startProxy, type ChaosProxy } from '../chaos/proxy.js';
import { cluster, eventually, program, type Cluster } from './cluster.js';
import { launchProgram, startProgram } from './program.js';

const token = 'e2e';
/** The commit below takes fewer; each costs two starts of the program. */
const mostWrites = 12;

describe('a Kustomization whose reconciler is killed behind any of its writes', function () {
  this.timeout(600_000);
  let at: Cluster;
  let proxy: ChaosProxy | undefined;
  let server: GitServer | undefined;
  let folder: string;
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=e2e', '-c', 'user.email=e2e@example.test', ...args], {
      cwd: join(folder, 'kills'),
      encoding: 'utf8',
    }).trim();
  const map = (name: string, v: string) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, labels: { kills: 'yes' } },
    data: { v },
  });
  /** Its files, and the revision. */
  const commit = (values: Readonly<Record<string, string>>): string => {
    const objects = Object.entries(values).map(([name, v]) => printYaml(map(name, v)));
    writeFileSync(join(folder, 'kills/all.yaml'), objects.join('---\n'));
    git('add', '.');
    git('commit', '--quiet', '--allow-empty', '--message', Object.keys(values).join());
    return `main@sha1:${git('rev-parse', 'HEAD')}`;
  };
  const status = async () => (await at.get(kinds.kustomization, 'kills'))?.status ?? {};
  const applies = (revision: string) =>
    eventually(
      `${revision} is applied`,
      async () => (await status()).lastAppliedRevision === revision,
      status,
    );

  before(async function () {
    at = await cluster(this);
    await at.controller().stop();
    folder = mkdtempSync(join(tmpdir(), 'sluice-e2e-kills-'));
    mkdirSync(join(folder, 'kills'));
    git('init', '--quiet', '--initial-branch=main');
    server = await serveGit(folder);
    proxy = await startProxy(process.env['KUBECONFIG'] ?? '', token);
    const clusters = [{ name: 'c', cluster: { server: proxy.url } }];
    const users = [{ name: 'u', user: { token } }];
    const contexts = [{ name: 'x', context: { cluster: 'c', user: 'u' } }];
    const config = { apiVersion: 'v1', kind: 'Config', clusters, users, contexts, 'current-context': 'x' };
    writeFileSync(join(folder, 'kubeconfig'), printYaml(config));
  });
  after(async () => {
    await proxy?.stop();
    await server?.close();
    if (folder === undefined) return;
    rmSync(folder, { recursive: true, force: true });
    await at.restart();
  });

  /** One life that ends behind the n-th write; whether it came so far before the commit was applied. */
  async function lives(writes: number, revision: string): Promise<boolean> {
    if (proxy === undefined) throw new Error('there is no proxy');
    const first = proxy.writes();
    const running = await launchProgram(program, join(folder, 'kubeconfig'), at.namespace, [
      '--leader-elect=false',
    ]);
    let isKilled = false;
    proxy.onWrite = (count) => {
      if (count - first !== writes) return;
      isKilled = true;
      running.signal('SIGKILL');
    };
    const isApplied = async () => (await status()).lastAppliedRevision === revision;
    await eventually('it is killed or done', async () => isKilled || (await isApplied()), status);
    await running.kill();
    return isKilled;
  }

  it('orphans nothing, and applies the next commit', async () => {
    const spec = { interval: '1s', url: `${server?.url}/kills`, ref: { branch: 'main' } };
    const from = { sourceRef: { kind: 'GitRepository', name: 'kills' }, targetNamespace: at.namespace };
    const start = commit({ a: '0', b: '0' });
    await at.apply(
      { apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'GitRepository', metadata: { name: 'kills' }, spec },
      {
        apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
        kind: 'Kustomization',
        metadata: { name: 'kills' },
        spec: { interval: '10m', retryInterval: '1s', path: '.', prune: true, ...from },
      },
    );
    let steady = await startProgram(program, process.env['KUBECONFIG'] ?? '', at.namespace);
    await applies(start);
    let kills = 0;
    for (let writes = 1; writes < mostWrites; writes += 1) {
      await steady.stop();
      const v = String(writes);
      const isKilled = await lives(writes, commit({ b: v, c: v, d: v }));
      const last = commit({ a: v, b: `${v}!` });
      steady = await startProgram(program, process.env['KUBECONFIG'] ?? '', at.namespace);
      await applies(last);
      const left = await at.list(kinds.configMap, 'kills=yes');
      expect(left.map(({ metadata, data }) => `${metadata.name}=${data.v}`)).to.have.members([
        `a=${v}`,
        `b=${v}!`,
      ]);
      const { inventory } = await status();
      expect(inventory.entries.map(({ id }: { id: string }) => id)).to.deep.equal([
        `${at.namespace}_a__ConfigMap`,
        `${at.namespace}_b__ConfigMap`,
      ]);
      if (!isKilled) break;
      kills += 1;
    }
    await at.kube.delete({ kind: kinds.kustomization, namespace: at.namespace, name: 'kills' });
    await eventually(
      'all of it is gone',
      async () => (await at.list(kinds.configMap, 'kills=yes')).length === 0,
    );
    await steady.stop();
    expect(kills).to.be.greaterThan(5);
  });
});
