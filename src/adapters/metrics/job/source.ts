import type { JobMetric } from '#api/argoproj/metric-provider.js';
import type { Measurement } from '#api/argoproj/analysis-run.js';
import type { Pod } from '#api/k8s/core-kinds.js';
import { kinds } from '#api/kinds.js';
import { addMs, parseInstant, type Instant } from '#core/time/instant.js';
import { toAppError } from '#ports/errors.js';
import type { Kube, ObjectKey } from '#ports/kube.js';
import type { MetricOutcome, MetricRequest, MetricSource } from '#ports/metric-source.js';
import type { MetricSourceDeps } from '../deps.js';
import { outcomeOf, QueryFailure } from '../http/failure.js';
import { kubeconfigVariable, clusterOf } from './cluster.js';
import { deleteOldJobs } from './retention.js';
import { buildJob, isJobOf, verdictOf, type Job } from './job.js';
import { tailOfLogs } from './logs.js';
import { findTrouble } from './trouble.js';

const namespaceVariable = 'ARGO_ROLLOUTS_ANALYSIS_JOB_NAMESPACE';

type Metadata = Readonly<Record<string, string>>;

/** A Job of Kubernetes for each measurement: how it ends is the outcome, and no condition is read. */
export function createJobSource(deps: MetricSourceDeps): MetricSource {
  const { clock, env } = deps;
  const kubeconfig = env[kubeconfigVariable] ?? '';
  const place = { namespace: env[namespaceVariable] || undefined, isAbroad: kubeconfig !== '' };
  const cluster = clusterOf(deps, kubeconfig);
  const inCluster = (work: (kube: Kube) => Promise<MetricOutcome>): Promise<MetricOutcome> =>
    outcomeOf(async () => work(await cluster()), 0);
  return {
    id: 'job',
    measure: (request) =>
      inCluster(async (kube) => {
        const job = await createOrAdopt(kube, request, place);
        return running(metadataOf(job), clock.now());
      }),
    resume: (request, measurement) =>
      inCluster(async (kube) => {
        try {
          return await resume(kube, request, measurement, clock.now());
        } catch (thrown) {
          // The Job goes on meanwhile; a server that does not answer now says nothing of it.
          if (toAppError(thrown).class !== 'Transient') throw thrown;
          return running(measurement.metadata ?? {}, nextLook(measurement, clock.now()));
        }
      }),
    terminate: (request, measurement) =>
      inCluster(async (kube) => {
        await kube.delete(keyOf(request, measurement), { propagationPolicy: 'Foreground' });
        return { kind: 'judged', phase: 'Inconclusive', metadata: measurement.metadata ?? {} };
      }),
    collect: async (request, limit) => {
      const namespace = place.namespace ?? request.namespace;
      const kube = await cluster().catch(() => undefined); // the next measurement says why there is none
      if (kube !== undefined) await deleteOldJobs(kube, request, namespace, limit);
    },
  };
}

interface Place {
  readonly namespace: string | undefined;
  readonly isAbroad: boolean;
}

function running(metadata: Metadata, resumeAt: Instant): MetricOutcome {
  return { kind: 'running', resumeAt, metadata };
}

function metadataOf({ metadata }: Job): Metadata {
  return { 'job-name': metadata.name, 'job-namespace': metadata.namespace ?? '' };
}

async function createOrAdopt(
  kube: Kube,
  { provider, run, metricName }: MetricRequest,
  { namespace: elsewhere, isAbroad }: Place,
): Promise<Job> {
  const config = provider as JobMetric; // validated by the CRD's schema
  const job = buildJob({
    run,
    metricName,
    config,
    isAbroad,
    ...(elsewhere === undefined ? {} : { namespace: elsewhere }),
  });
  try {
    return await kube.create<Job>(kinds.job, job);
  } catch (thrown) {
    if (toAppError(thrown).code !== 'KubeAlreadyExists') throw thrown;
    const { name = '', namespace = '' } = job.metadata;
    const existing = await kube.get<Job>({ kind: kinds.job, namespace, name });
    // Made for this very measurement, which was not stored when the controller ended.
    if (existing !== undefined && isJobOf(existing, run)) return existing;
    throw thrown;
  }
}

function keyOf({ namespace }: MetricRequest, { metadata }: Measurement): ObjectKey {
  const name = metadata?.['job-name'];
  if (name === undefined || name === '') throw new QueryFailure('job metadata reference missing');
  return { kind: kinds.job, namespace: metadata?.['job-namespace'] || namespace, name };
}

async function resume(
  kube: Kube,
  request: MetricRequest,
  measurement: Measurement,
  now: Instant,
): Promise<MetricOutcome> {
  const key = keyOf(request, measurement);
  const job = await kube.get<Job>(key);
  if (job === undefined) throw new QueryFailure(`jobs.batch "${key.name}" not found`);
  const metadata = metadataOf(job);
  const verdict = verdictOf(job);
  if (verdict?.type === 'Complete') return { kind: 'judged', phase: 'Successful', metadata };
  const pods = await podsOf(kube, job);
  if (verdict !== undefined) {
    const log = await tailOfLogs(kube, pods);
    const said = log === '' ? metadata : { ...metadata, 'job-log': log };
    return { kind: 'judged', phase: 'Failed', metadata: said };
  }
  const trouble = findTrouble(pods);
  if (trouble?.isHopeless === true) {
    return { kind: 'judged', phase: 'Inconclusive', message: trouble.message, metadata };
  }
  const told = trouble === undefined ? metadata : { ...metadata, 'job-trouble': trouble.message };
  return running(told, nextLook(measurement, now));
}

async function podsOf(kube: Kube, { metadata: { name, namespace } }: Job): Promise<readonly Pod[]> {
  const { items } = await kube.list<Pod>(kinds.pod, {
    labelSelector: `job-name=${name}`,
    ...(namespace === undefined ? {} : { namespace }),
  });
  return items;
}

/** Rarer the longer it takes: after the root of twice the seconds so far, and never at once. */
function nextLook({ startedAt }: Measurement, now: Instant): Instant {
  const elapsedSeconds = (now - (parseInstant(startedAt) ?? now)) / 1000;
  return addMs(now, Math.max(1, Math.sqrt(2 * Math.max(0, elapsedSeconds))) * 1000);
}
