import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import { hashOfImage, tell } from './telling.js';

const template = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AnalysisTemplate',
  metadata: { name: 'check', namespace: 'shop' },
  spec: { metrics: [{ name: 'success', count: 1, provider: { web: { url: 'http://nowhere' } } }] },
};

describe('AnalysisRuns of a canary', () => {
  it('leave with the ReplicaSet that they judged, and by the limits of history (5.6)', async () => {
    const steps = [{ setWeight: 50 }, { analysis: { templates: [{ templateName: 'check' }] } }];
    const strategy = { canary: { maxSurge: 1, maxUnavailable: 0, steps } };
    const spec = { revisionHistoryLimit: 2, analysis: { successfulRunHistoryLimit: 2 } };
    const { world, apply, wait } = await tell({ replicas: 1, strategy, spec }, { objects: [template] });
    const hashes = async () =>
      (await world.runs()).map(({ metadata }) => metadata.labels?.['rollouts-pod-template-hash']);
    for (const image of ['web:2', 'web:3', 'web:4', 'web:5']) {
      await apply(image);
      await wait(10);
      const open = (await world.runs()).find(({ status }) => status?.phase === undefined);
      await world.patch(kinds.analysisRun, open?.metadata.name ?? '', { status: { phase: 'Successful' } });
      await wait(15);
    }
    // Four releases were judged; two ReplicaSets are kept beside the stable one, and two runs that ended well.
    expect(await hashes()).to.have.members(['web:4', 'web:5'].map(hashOfImage));
    await world.patch(kinds.rollout, 'web', { spec: { revisionHistoryLimit: 0 } });
    await wait(5);
    expect(await hashes()).to.have.members([hashOfImage('web:5')]);
  });
});
