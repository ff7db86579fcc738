import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { kinds } from '#api/kinds.js';
import { createAnalysisRunController } from '#controllers/analysis-run/index.js';
import { parseYamlStream } from '#core/yaml/yaml.js';
import { AppError } from '#ports/errors.js';
import type { Kube } from '#ports/kube.js';
import { createVirtualSandbox } from '#sandbox/virtual-sandbox.js';
import type { ImageScripts } from '#sandbox/pods/scripted/script.js';
import { createSilentLog } from '#test/fakes/silent-log.js';
import { metricSources } from '../index.js';
import { jobNameOf, type Job } from './job.js';

const crdFolder = new URL('../../../../crds/', import.meta.url);
const crds = readdirSync(crdFolder)
  .filter((file) => file.endsWith('.yaml'))
  .flatMap((file): readonly KubeObject[] => {
    const parsed = parseYamlStream(readFileSync(new URL(file, crdFolder), 'utf8'));
    return parsed.ok ? (parsed.value as KubeObject[]) : [];
  });

const jobOf = (image: string, spec: object = {}): object => ({
  job: {
    metadata: { labels: { team: 'a' }, annotations: { why: 'gate' } },
    spec: {
      backoffLimit: 0,
      ...spec,
      template: {
        metadata: { labels: { app: 'check' } },
        spec: { restartPolicy: 'Never', containers: [{ name: 'check', image }] },
      },
    },
  },
});

const images: ImageScripts = {
  good: { completesAfterMs: 20_000, exitCode: 0 },
  bad: { completesAfterMs: 5000, exitCode: 1 },
  'long*': {},
  missing: { isImageMissing: true },
  crashing: { crashAfterMs: 1000 },
};

const namespaceOf = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name },
});

async function world(
  metrics: readonly object[],
  rest: object = {},
  env: Record<string, string> = {},
  openCluster?: (kubeconfig: string) => Promise<Kube>,
) {
  const failures: string[] = [];
  const run = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisRun',
    metadata: { name: 'r', namespace: 'shop' },
    spec: { metrics, ...rest },
  };
  const sandbox = createVirtualSandbox({
    objects: [...crds, namespaceOf('shop'), namespaceOf('jobs'), run],
    images,
    onError: (failure) => failures.push(`${failure.controller}: ${failure.error.message}`),
  });
  const { cache } = sandbox.engine;
  const own = sandbox.engine.ownWrites(sandbox.kube);
  const logs = (): Promise<string> => Promise.resolve('checking\nno answer\n');
  const outage = { isOn: false };
  const away = (): Promise<never> =>
    Promise.reject(new AppError('KubeUnavailable', 'the API server is away'));
  const kube = new Proxy(own, {
    get: (target, field) => {
      if (field === 'get' && outage.isOn) return away;
      if (field === 'logs') return logs;
      const member: unknown = Reflect.get(target, field);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  const start = () =>
    sandbox.engine.start(
      createAnalysisRunController({
        cache,
        kube,
        clock: sandbox.clock,
        log: createSilentLog(),
        events: sandbox.events,
        sources: metricSources({
          clock: sandbox.clock,
          env,
          kube,
          ...(openCluster === undefined ? {} : { openCluster }),
        }),
      }),
    );
  start();
  await sandbox.clock.settle();
  const key = { kind: kinds.analysisRun, namespace: 'shop', name: 'r' };
  const get = async (): Promise<AnalysisRun> => {
    const found = await sandbox.kube.get<AnalysisRun>(key);
    if (found === undefined) throw new Error('the run is gone');
    return found;
  };
  return {
    sandbox,
    failures,
    outage,
    key,
    get,
    start,
    stop: () => sandbox.engine.stop('analysis-run'),
    last: async () => (await get()).status?.metricResults?.[0]?.measurements?.at(-1),
    jobs: async (namespace = 'shop') => (await sandbox.kube.list<Job>(kinds.job, { namespace })).items,
  };
}

const metric = (image: string, rest: object = {}, spec: object = {}): object => ({
  name: 'j',
  provider: jobOf(image, spec),
  ...rest,
});

describe('metric source job', () => {
  it('makes a Job of the run and is Successful when it is complete', async () => {
    const w = await world([metric('good', { successCondition: 'result == 1' })]);
    const { uid = '' } = (await w.get()).metadata;
    const [job] = await w.jobs();
    expect(job?.metadata.name).to.equal(`${uid}.j.1`);
    expect(job?.metadata.labels).to.deep.include({ team: 'a', 'analysisrun.argoproj.io/uid': uid });
    expect(job?.metadata.annotations).to.deep.include({
      why: 'gate',
      'analysisrun.argoproj.io/name': 'r',
      'analysisrun.argoproj.io/namespace': 'shop',
      'analysisrun.argoproj.io/metric-name': 'j',
    });
    expect(job?.metadata.ownerReferences).to.deep.equal([
      {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'AnalysisRun',
        name: 'r',
        uid,
        controller: true,
        blockOwnerDeletion: true,
      },
    ]);
    const pods = (await w.sandbox.kube.list(kinds.pod, { namespace: 'shop' })).items;
    expect(pods[0]?.metadata.labels).to.deep.include({ app: 'check', 'analysisrun.argoproj.io/uid': uid });
    const metadata = { 'job-name': `${uid}.j.1`, 'job-namespace': 'shop' };
    expect(await w.last()).to.deep.include({ phase: 'Running', metadata });
    expect((await w.get()).status?.phase).to.equal('Running');
    await w.sandbox.clock.advance(60_000);
    const measured = await w.last();
    expect(measured).to.deep.include({ phase: 'Successful', metadata, startedAt: '2026-01-01T00:00:00Z' });
    expect(measured).not.to.have.any.keys('value', 'message');
    expect((await w.get()).status).to.deep.include({ phase: 'Successful' });
    expect(w.failures).to.deep.equal([]);
  });

  it('is Failed when the Job has failed, with the end of its log', async () => {
    const w = await world([metric('bad')]);
    await w.sandbox.clock.advance(60_000);
    const measured = await w.last();
    expect(measured?.phase).to.equal('Failed');
    expect(measured?.metadata).to.have.all.keys('job-name', 'job-namespace', 'job-log');
    expect(measured?.metadata).to.include({ 'job-log': 'checking\nno answer' });
    expect((await w.get()).status).to.deep.include({
      phase: 'Failed',
      message: 'Metric "j" assessed Failed due to failed (1) > failureLimit (0)',
    });
  });

  it('is Inconclusive when the image cannot be had, naming pod, container and reason', async () => {
    const w = await world([metric('missing')]);
    await w.sandbox.clock.advance(60_000);
    const measured = await w.last();
    expect(measured?.phase).to.equal('Inconclusive');
    expect(measured?.message).to.match(
      /^pod .+: container check is waiting: (ErrImagePull|ImagePullBackOff)/,
    );
    expect((await w.get()).status?.phase).to.equal('Inconclusive');
  });

  it('tells of a crash loop, and leaves its end to the Job', async () => {
    const provider = jobOf('crashing');
    const spec = (provider as any).job.spec;
    spec.template.spec.restartPolicy = 'OnFailure';
    const w = await world([{ name: 'j', provider }]);
    await w.sandbox.clock.advance(120_000);
    const measured = await w.last();
    expect(measured?.phase).to.equal('Running');
    expect(measured?.metadata?.['job-trouble']).to.match(/container check is waiting: CrashLoopBackOff/);
  });

  it('looks again after the root of twice the seconds so far', async () => {
    const w = await world([metric('long')]);
    await w.sandbox.clock.advance(50_000);
    const { startedAt = '', resumeAt = '' } = (await w.last()) ?? {};
    const wait = (Date.parse(resumeAt) - Date.parse(startedAt)) / 1000;
    expect(wait).to.be.within(50, 61);
  });

  it('deletes the Job when it is told to end, and is Inconclusive', async () => {
    const w = await world([metric('long')]);
    await w.sandbox.clock.advance(5000);
    await w.sandbox.kube.patch(w.key, { type: 'merge', body: { spec: { terminate: true } } });
    await w.sandbox.clock.advance(60_000);
    expect(await w.last()).to.deep.include({ phase: 'Inconclusive', message: 'Metric Terminated' });
    expect((await w.get()).status).to.deep.include({
      phase: 'Inconclusive',
      message:
        'Metric "j" assessed Inconclusive due to inconclusive (1) > inconclusiveLimit (0): "Error Message: Metric Terminated"',
    });
    expect(await w.jobs()).to.deep.equal([]);
  });

  it('is an Error when the Job is gone', async () => {
    const w = await world([metric('long', { consecutiveErrorLimit: 0 })]);
    const [job] = await w.jobs();
    const name = job?.metadata.name ?? '';
    await w.sandbox.kube.delete({ kind: kinds.job, namespace: 'shop', name });
    await w.sandbox.clock.advance(10_000);
    expect(await w.last()).to.deep.include({ phase: 'Error', message: `jobs.batch "${name}" not found` });
  });

  it('keeps the newest Jobs only', async () => {
    const w = await world([metric('good', { interval: '30s', count: 5 })], {
      measurementRetention: [{ metricName: 'j', limit: 2 }],
    });
    await w.sandbox.clock.advance(600_000);
    const { uid = '' } = (await w.get()).metadata;
    expect((await w.get()).status?.metricResults?.[0]).to.deep.include({ count: 5, successful: 5 });
    expect((await w.jobs()).map(({ metadata }) => metadata.name)).to.include(`${uid}.j.5`);
    expect(await w.jobs()).to.have.length.at.most(3);
  });

  it('goes on with its Job after a restart of the controller', async () => {
    const w = await world([metric('good')]);
    w.stop();
    await w.sandbox.clock.advance(40_000);
    w.start();
    await w.sandbox.clock.advance(10_000);
    expect((await w.get()).status?.metricResults?.[0]).to.deep.include({ count: 1, successful: 1 });
    expect(await w.jobs()).to.have.length(1);
  });

  it('goes on when the API server cannot be asked for a while', async () => {
    const w = await world([metric('good')]);
    w.outage.isOn = true;
    await w.sandbox.clock.advance(30_000);
    expect(await w.last()).to.deep.include({ phase: 'Running' });
    w.outage.isOn = false;
    await w.sandbox.clock.advance(30_000);
    expect((await w.get()).status?.metricResults?.[0]).to.deep.include({ count: 1, successful: 1 });
    expect((await w.get()).status?.metricResults?.[0]?.error).to.equal(undefined);
  });

  it('is an Error when the API server refuses the Job, naming why', async () => {
    const w = await world([{ name: 'Not A Name', provider: jobOf('good') }]);
    expect(await w.last()).to.deep.include({ phase: 'Error' });
    expect((await w.last())?.message).to.match(/Job.*Not A Name/);
    expect(await w.jobs()).to.deep.equal([]);
  });

  it('runs in another namespace, without an owner, when told so', async () => {
    const w = await world([metric('good')], {}, { ARGO_ROLLOUTS_ANALYSIS_JOB_NAMESPACE: 'jobs' });
    const [job] = await w.jobs('jobs');
    expect(job?.metadata.ownerReferences).to.equal(undefined);
    await w.sandbox.clock.advance(60_000);
    const measured = await w.last();
    expect(measured?.phase).to.equal('Successful');
    expect(measured?.metadata).to.deep.include({ 'job-namespace': 'jobs' });
  });

  it('runs in the cluster of another kubeconfig, without an owner', async () => {
    const other = createVirtualSandbox({
      objects: [...crds, namespaceOf('shop')],
      images,
      onError: () => undefined,
    });
    const env = { ARGO_ROLLOUTS_ANALYSIS_JOB_KUBECONFIG: '/etc/other' };
    const opened: string[] = [];
    const w = await world([metric('good')], {}, env, (path) => {
      opened.push(path);
      return Promise.resolve(other.kube);
    });
    const { items } = await other.kube.list<Job>(kinds.job, { namespace: 'shop' });
    expect(items.map(({ metadata }) => [metadata.namespace, metadata.ownerReferences])).to.deep.equal([
      ['shop', undefined],
    ]);
    expect(await w.jobs()).to.deep.equal([]);
    await other.clock.advance(60_000);
    await w.sandbox.clock.advance(60_000);
    expect((await w.last())?.phase).to.equal('Successful');
    expect(opened).to.deep.equal(['/etc/other']);
  });

  it('is an Error while the other cluster cannot be opened', async () => {
    const env = { ARGO_ROLLOUTS_ANALYSIS_JOB_KUBECONFIG: '/etc/other' };
    const refused = await world([metric('good')], {}, env, () =>
      Promise.reject(new AppError('ConfigInvalid', 'kubeconfig /etc/other: no such file')),
    );
    expect((await refused.last())?.message).to.equal('kubeconfig /etc/other: no such file');
    const without = await world([metric('good')], {}, env);
    expect((await without.last())?.message).to.equal(
      'ARGO_ROLLOUTS_ANALYSIS_JOB_KUBECONFIG cannot be used here',
    );
  });

  it('cuts the metric so that a name has 63 characters, and ends no part with a dash', () => {
    const run = (status?: AnalysisRun['status']): AnalysisRun => ({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AnalysisRun',
      metadata: { name: 'r', uid: '01234567-0123-0123-0123-012345678901' },
      spec: { metrics: [] },
      ...(status === undefined ? {} : { status }),
    });
    const long = 'a'.repeat(40);
    expect(jobNameOf(run(), long)).to.equal(`01234567-0123-0123-0123-012345678901.${'a'.repeat(24)}.1`);
    expect(jobNameOf(run(), `${'a'.repeat(23)}-bcd`)).to.have.length(62);
    const status = { phase: 'Running', metricResults: [{ name: 'm', phase: 'Running', count: 2, error: 1 }] };
    expect(jobNameOf(run(status as any), 'm')).to.equal('01234567-0123-0123-0123-012345678901.m.4');
  });
});
