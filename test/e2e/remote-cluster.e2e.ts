import { expect } from 'chai';
import { loadKubeconfig } from '#adapters/kube-http/kubeconfig.js';
import { kinds } from '#api/kinds.js';
import { serveTeam } from '#test/fakes/git-example.js';
import { cluster, eventually, type Cluster } from './cluster.js';

describe('a Kustomization of a cluster that takes tokens (kubeConfig.configMapRef)', function () {
  this.timeout(120_000);
  let at: Cluster;
  let server: Awaited<ReturnType<typeof serveTeam>>;

  before(async function () {
    at = await cluster(this);
    server = await serveTeam();
    await at.apply(
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'deployer' } },
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'remote' },
        data: { provider: 'generic', serviceAccountName: 'deployer', ...(await ownServer()) },
      },
      {
        apiVersion: 'source.toolkit.fluxcd.io/v1',
        kind: 'GitRepository',
        metadata: { name: 'team' },
        spec: { interval: '1m', url: `${server.url}/team`, ref: { branch: 'main' } },
      },
      {
        apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
        kind: 'Kustomization',
        metadata: { name: 'app' },
        spec: {
          interval: '10m',
          retryInterval: '2s',
          path: './apps/my-app',
          prune: true,
          targetNamespace: at.namespace,
          sourceRef: { kind: 'GitRepository', name: 'team' },
          kubeConfig: { configMapRef: { name: 'remote' } },
        },
      },
    );
  });
  after(async () => {
    for (const [kind, name] of [
      [kinds.kustomization, 'app'],
      [kinds.gitRepository, 'team'],
    ] as const) {
      await at.kube.delete({ kind, namespace: at.namespace, name });
      await eventually(`${name} is gone`, async () => (await at.get(kind, name)) === undefined);
    }
    await server.close();
  });

  /** The cluster itself stands for another one: its address, who signed its certificate, and what it takes tokens for. */
  async function ownServer(): Promise<Readonly<Record<string, string>>> {
    const kubeconfig = await loadKubeconfig({ path: process.env['KUBECONFIG'] ?? '' });
    const connection = await kubeconfig.load();
    return {
      address: connection.server,
      audiences: 'https://kubernetes.default.svc\nhttps://kubernetes.default.svc.cluster.local',
      ...(connection.tls.ca === undefined ? {} : { 'ca.crt': String(connection.tls.ca) }),
    };
  }

  const ready = async (): Promise<string> => {
    const object = await at.get(kinds.kustomization, 'app');
    const found = object?.status?.conditions?.find(({ type }: any) => type === 'Ready');
    return `${found?.status} ${found?.message}`;
  };

  it('is applied as the account, with its rights and no others', async () => {
    const who = `system:serviceaccount:${at.namespace}:deployer`;
    await eventually(
      'the account may not',
      async () => new RegExp(`^False .*User "${who}" cannot`).test(await ready()),
      ready,
    );
    expect(await at.get(kinds.deployment, 'my-app')).to.equal(undefined);
    await at.apply({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'deployer' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'admin' },
      subjects: [{ kind: 'ServiceAccount', name: 'deployer', namespace: at.namespace }],
    });
    await eventually('it may now', async () => (await ready()).startsWith('True Applied revision'), ready);
    expect((await at.get(kinds.deployment, 'my-app'))?.metadata.name).to.equal('my-app');
  });
});
