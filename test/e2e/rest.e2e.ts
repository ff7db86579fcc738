import { expect } from 'chai';
import { kinds, type Kind } from '#api/kinds.js';
import { cluster, eventually, pause, type Cluster } from './cluster.js';
import { rollout, service } from './objects.js';
import { reaches } from './watching.js';

/** Releases of other tests have delays of half a minute under way, their sources servers that are gone. */
const unquiet = [
  kinds.kustomization,
  kinds.gitRepository,
  kinds.rollout,
  kinds.experiment,
  kinds.analysisRun,
];

describe('controllers at rest', function () {
  this.timeout(120_000);
  let at: Cluster;
  before(async function () {
    at = await cluster(this);
    for (const kind of unquiet) {
      for (const { metadata } of await at.list(kind))
        await at.kube.delete({ kind, namespace: at.namespace, name: metadata.name });
      await eventually(`no ${kind.kind} is left`, async () => (await at.list(kind)).length === 0);
    }
    const blueGreen = { activeService: 'still-active', scaleDownDelaySeconds: 1 };
    await at.apply(
      rollout('still', at.image('3.8'), { canary: { steps: [{ setWeight: 50 }, { pause: {} }] } }, 2),
      service('still-active', 'still-too'),
      rollout('still-too', at.image('3.8'), { blueGreen }, 2),
    );
    await reaches(at, 'still', 'Healthy');
    await reaches(at, 'still-too', 'Healthy');
    await at.sluice('set', 'image', 'still', `web=${at.image('3.9')}`);
    await reaches(at, 'still', 'Paused');
    await pause(3000);
  });

  it('send nothing but watches and renewals of the lease', async () => {
    const earlier = await requests(at);
    await pause(10_000);
    const later = await requests(at);
    const sent = Object.keys(later).filter((name) => later[name] !== earlier[name]);
    expect(sent.filter((name) => !/verb="watch"|kind="Lease"/i.test(name))).to.deep.equal([]);
  });

  it('write nothing when they start again', async () => {
    const earlier = await versions(at);
    await at.restart();
    await pause(3000);
    expect(await versions(at)).to.deep.equal(earlier);
  });

  it('give the lease back when they end', async () => {
    await at.controller().stop();
    const lease = await at.get(kinds.lease, 'argo-rollouts-controller-lock');
    expect(lease.spec.holderIdentity).to.equal('');
    await at.restart();
  });
});

/** How often each kind of request was sent, by its line in the metrics. */
async function requests(at: Cluster): Promise<Readonly<Record<string, string>>> {
  const text = await (await fetch(at.controller().metrics)).text();
  const lines = text.split('\n').filter((line) => line.startsWith('sluice_kube_requests_total{'));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('}')), line.slice(line.indexOf('}'))]),
  );
}

async function versions(at: Cluster): Promise<Readonly<Record<string, string>>> {
  const seen: Record<string, string> = {};
  const looked: readonly Kind[] = [
    kinds.rollout,
    kinds.replicaSet,
    kinds.service,
    kinds.event,
    kinds.kustomization,
  ];
  for (const kind of looked) {
    for (const { metadata } of await at.list(kind))
      seen[`${kind.kind}/${metadata.name}`] = metadata.resourceVersion;
  }
  return seen;
}
