import { expect } from 'chai';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Experiment } from '#api/argoproj/experiment.js';
import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import { kinds } from '#api/kinds.js';
import { kubeconfigFor } from '#sandbox/http/kubeconfig.js';
import { startCluster } from '../../bench/cluster.js';
import { until } from '../../bench/probe.js';
import { type RunningController, startController } from '../../src/main.js';
import { labExperiment, labTemplate } from '../stories/lab.js';

const namespace = 'default';

describe('an Experiment and the controller process', () => {
  let folder: string;
  let cluster: Awaited<ReturnType<typeof startCluster>>;
  let running: RunningController;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-experiment-'));
    cluster = await startCluster(0);
    const kubeconfig = join(folder, 'kubeconfig');
    await writeFile(kubeconfig, kubeconfigFor(cluster.url));
    running = await startController({
      kubeconfig,
      metricsPort: 0,
      healthzPort: 0,
      bindAddress: '127.0.0.1',
      storagePath: join(folder, 'artifacts'),
      log: { level: 'error' },
      env: {},
    });
    await running.ready;
  });
  after(async () => {
    await running.stop();
    await cluster.close();
    await rm(folder, { recursive: true });
  });

  it('it runs, is terminated, and leaves no pods and no Service behind', async () => {
    const spec = { scaleDownDelaySeconds: 0, templates: [labTemplate('a', { service: {} })] };
    const lab = labExperiment(spec);
    const key = { kind: kinds.experiment, namespace, name: 'lab' };
    await cluster.kube.create(kinds.experiment, { ...lab, metadata: { ...lab.metadata, namespace } });
    const says = (phase: string) =>
      until(
        `the experiment ${phase}`,
        async () => (await cluster.kube.get<Experiment>(key))?.status?.phase === phase,
        20,
      );
    await says('Running');
    const service = { kind: kinds.service, namespace, name: 'lab-a' };
    expect(await cluster.kube.get(service)).to.not.equal(undefined);
    await cluster.kube.patch(key, { type: 'merge', body: { spec: { terminate: true } } });
    await says('Successful');
    await until('the Service to go', async () => (await cluster.kube.get(service)) === undefined, 20);
    const set = await cluster.kube.get<ReplicaSet>({ kind: kinds.replicaSet, namespace, name: 'lab-a' });
    expect(set?.spec.replicas).to.equal(0);
  });
});
