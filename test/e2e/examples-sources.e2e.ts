import { kinds, type Kind } from '#api/kinds.js';
import { sourceExamples, type ExampleCluster } from '#test/fakes/source-examples.js';
import { cluster, eventually, type Cluster } from './cluster.js';

const spaces = ['flux-system', 'shop'];
const left: readonly Kind[] = [
  kinds.kustomization,
  kinds.ociRepository,
  kinds.bucket,
  kinds.gitRepository,
  kinds.receiver,
  kinds.alert,
  kinds.provider,
];

/** The cluster of the kubeconfig, its controllers at the ports that they have by default. */
function realCluster(at: Cluster): ExampleCluster {
  const { kube } = at;
  return {
    kube,
    until: (what, isSo) => eventually(what, isSo, () => Promise.resolve(at.logs().slice(-3000))),
    async call(path, body, headers) {
      const answer = await fetch(`http://127.0.0.1:9292${path}`, { method: 'POST', body, headers });
      return answer.status;
    },
    async end() {
      for (const kind of left) {
        const list = async () => (await kube.list(kind, { namespace: 'flux-system' })).items;
        for (const { metadata } of await list())
          await kube.delete({ kind, namespace: 'flux-system', name: metadata.name });
        await eventually(`no ${kind.kind} is left`, async () => (await list()).length === 0);
      }
      const key = { kind: kinds.deployment, namespace: 'shop', name: 'my-app' };
      await eventually('what they brought is gone', async () => (await kube.get(key)) === undefined);
    },
  };
}

describe('the examples of sources and notifications, with the outcome that they have in the sandbox', function () {
  this.timeout(120_000);
  let at: Cluster;

  before(async function () {
    at = await cluster(this);
    for (const name of spaces) {
      if ((await at.kube.get({ kind: kinds.namespace, name })) !== undefined) continue;
      await at.kube.create(kinds.namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    }
  });
  after(async () => {
    for (const name of spaces)
      await at.kube.delete({ kind: kinds.namespace, name }, { propagationPolicy: 'Background' });
    // Other examples live in namespaces of these names.
    for (const name of spaces) {
      const key = { kind: kinds.namespace, name };
      await eventually(`${name} is gone`, async () => (await at.kube.get(key)) === undefined);
    }
  });

  sourceExamples(() => Promise.resolve(realCluster(at)));
});
