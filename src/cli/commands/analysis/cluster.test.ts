import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import type { Kube } from '#ports/kube.js';
import { noCluster, readWholeSecret, trialCluster, whyCluster } from './cluster.js';

const runOf = (provider: object, args: readonly object[] = []): any => ({
  metadata: { name: 'r' },
  spec: { metrics: [{ name: 'm', provider }], args },
});
const secretArg = { name: 'x', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } };

describe('the cluster of a gate that is tried', () => {
  for (const [words, run, given, reason] of [
    ['is not needed for Prometheus', runOf({ prometheus: {} }), [], undefined],
    ['is needed for a Job', runOf({ job: {} }), [], 'the metric m is of the provider job'],
    [
      'is needed for a Secret',
      runOf({ web: {} }, [secretArg]),
      [],
      'an argument is the key k of the Secret s',
    ],
    [
      'is not needed for a Secret that was given',
      runOf({ web: {} }, [secretArg]),
      [{ name: 's', key: 'k', value: 'v' }],
      undefined,
    ],
  ] as const) {
    it(words, () => expect(whyCluster(run, given)).to.equal(reason));
  }

  it('makes Jobs without an owner, and deletes them at the end', async () => {
    const made: any[] = [];
    const deleted: any[] = [];
    const kube = {
      ...noCluster(),
      create: async (kind: unknown, object: any) => {
        made.push([kind, object]);
        return Promise.resolve(object);
      },
      delete: async (key: unknown, options: unknown) => {
        deleted.push([key, options]);
        return Promise.resolve(true);
      },
    } as unknown as Kube;
    const cluster = trialCluster(kube, []);
    const metadata = {
      name: 'j',
      namespace: 'shop',
      labels: { a: 'b' },
      ownerReferences: [{ uid: 'nobody' }],
    };
    await cluster.kube.create(kinds.job, { apiVersion: 'batch/v1', kind: 'Job', metadata, spec: {} } as any);
    expect(made[0][1].metadata).to.deep.equal({ name: 'j', namespace: 'shop', labels: { a: 'b' } });
    await cluster.cleanUp();
    expect(deleted).to.deep.equal([
      [{ kind: kinds.job, namespace: 'shop', name: 'j' }, { propagationPolicy: 'Background' }],
    ]);
  });

  it('has the values that were given in the place of Secrets, and asks for nothing else without a cluster', async () => {
    const { kube } = trialCluster(noCluster(), [{ name: 's', key: 'k', value: 'hush' }]);
    expect(await readWholeSecret(kube, 'shop', 's')).to.deep.equal({ k: 'hush' });
    const refusal = await readWholeSecret(kube, 'shop', 'other').catch((error: unknown) => error);
    expect(refusal).to.include({ message: 'this needs a cluster, and none is connected' });
  });
});
