import type { Pod } from '#api/k8s/core-kinds.js';
import { apiVersionOf, kinds } from '#api/kinds.js';
import type { Condition, KubeObject } from '#api/k8s/meta.js';
import { isConditionTrue, setCondition } from '#core/kube/conditions.js';
import type { EventRecord } from '#core/decision/decision.js';
import { objectAt, objectsAt, textAt } from '#core/json/read.js';
import { addMs, earliest, formatInstant, type Instant, parseInstant } from '#core/time/instant.js';
import type { NewObject } from '#ports/kube.js';
import { controllerReference, type WorkloadAction, type WorkloadDecision } from '../action.js';
import { isActive, isReady } from '../pod-state.js';
import type { Job } from './job.js';

export interface JobSnapshot {
  readonly now: Instant;
  readonly job: Job;
  /** Controlled by it. */
  readonly pods: readonly Pod[];
}

interface Tally {
  readonly active: readonly Pod[];
  readonly succeeded: readonly Pod[];
  readonly failed: readonly Pod[];
}

const firstRetryMs = 10_000;
const longestRetryMs = 360_000;

/** Pods until enough have succeeded, too many have failed, or the deadline is over; then none. */
export function decideJob(snapshot: JobSnapshot): WorkloadDecision<Job['status']> {
  const { job, now } = snapshot;
  const tally = count(snapshot.pods);
  if (isFinished(job)) return decideFinished(job, now);
  if (job.metadata.deletionTimestamp !== undefined) return { actions: [] };
  const status = countedStatus(job, tally, now);
  const verdict = judge(job, tally, status, now);
  if (verdict !== undefined) return finish(job, tally, status, verdict, now);
  if (job.spec.suspend === true) return suspend(status, tally, now);
  const retryAt = retryMoment(tally.failed);
  const missing = missingPods(job, tally);
  const pod = buildPod(job);
  const isTooEarly = retryAt !== undefined && retryAt > now && missing > 0;
  const actions = isTooEarly
    ? []
    : Array.from({ length: missing }, (): WorkloadAction => ({
        kind: 'createObject',
        of: kinds.pod,
        object: pod,
      }));
  const requeueAt = earliest(isTooEarly ? retryAt : undefined, deadlineOf(job, status));
  return { actions, status, ...(requeueAt === undefined ? {} : { requeueAt }) };
}

function count(pods: readonly Pod[]): Tally {
  return {
    active: pods.filter(isActive),
    succeeded: pods.filter((pod) => pod.status?.phase === 'Succeeded'),
    failed: pods.filter((pod) => pod.status?.phase === 'Failed'),
  };
}

function isFinished(job: Job): boolean {
  return (
    isConditionTrue(job.status?.conditions, 'Complete') || isConditionTrue(job.status?.conditions, 'Failed')
  );
}

/** A finished Job waits for its time to live, if it has one. */
function decideFinished(job: Job, now: Instant): WorkloadDecision<Job['status']> {
  const { ttlSecondsAfterFinished } = job.spec;
  const last = job.status?.conditions?.find(
    ({ type }) => type === 'Complete' || type === 'Failed',
  )?.lastTransitionTime;
  const endedAt = parseInstant(last);
  if (ttlSecondsAfterFinished === undefined || endedAt === undefined) return { actions: [] };
  const dueAt = addMs(endedAt, ttlSecondsAfterFinished * 1000);
  if (dueAt > now) return { actions: [], requeueAt: dueAt };
  return { actions: [{ kind: 'deleteObject', of: kinds.job, object: job }] };
}

function countedStatus(job: Job, tally: Tally, now: Instant): NonNullable<Job['status']> {
  const startTime = job.status?.startTime ?? (job.spec.suspend === true ? undefined : formatInstant(now));
  const { conditions } = job.status ?? {};
  return {
    ...(startTime === undefined ? {} : { startTime }),
    ...positive('active', tally.active.length),
    ...positive('succeeded', tally.succeeded.length),
    ...positive('failed', tally.failed.length),
    ready: tally.active.filter(isReady).length,
    ...(conditions === undefined ? {} : { conditions }),
  };
}

type Verdict = { readonly type: 'Complete' | 'Failed'; readonly reason: string; readonly message: string };

function judge(
  job: Job,
  tally: Tally,
  status: NonNullable<Job['status']>,
  now: Instant,
): Verdict | undefined {
  const { backoffLimit = 6 } = job.spec;
  if (tally.failed.length > backoffLimit) {
    return {
      type: 'Failed',
      reason: 'BackoffLimitExceeded',
      message: 'Job has reached the specified backoff limit',
    };
  }
  const deadline = deadlineOf(job, status);
  if (deadline !== undefined && deadline <= now) {
    return {
      type: 'Failed',
      reason: 'DeadlineExceeded',
      message: 'Job was active longer than specified deadline',
    };
  }
  const { completions } = job.spec;
  const isEnough =
    completions === undefined && job.spec.parallelism !== undefined
      ? tally.succeeded.length > 0 && tally.active.length === 0
      : tally.succeeded.length >= (completions ?? 1);
  if (!isEnough) return undefined;
  return {
    type: 'Complete',
    reason: 'CompletionsReached',
    message: 'Reached expected number of succeeded pods',
  };
}

function finish(
  job: Job,
  tally: Tally,
  status: NonNullable<Job['status']>,
  verdict: Verdict,
  now: Instant,
): WorkloadDecision<Job['status']> {
  const before = verdict.type === 'Complete' ? 'SuccessCriteriaMet' : 'FailureTarget';
  const conditions = [{ ...verdict, type: before }, verdict].reduce<readonly Condition[]>(
    (list, state) => setCondition(list, { ...state, status: 'True' }, now),
    status.conditions ?? [],
  );
  const completionTime = verdict.type === 'Complete' ? { completionTime: formatInstant(now) } : {};
  const { active: _active, ...rest } = status;
  const events: readonly EventRecord[] =
    verdict.type === 'Complete'
      ? [{ type: 'Normal', reason: 'Completed', message: 'Job completed' }]
      : [{ type: 'Warning', reason: verdict.reason, message: verdict.message }];
  const next = decideFinished({ ...job, status: { ...rest, conditions } }, now);
  return {
    actions: tally.active.map((pod) => ({ kind: 'deleteObject', of: kinds.pod, object: pod })),
    status: { ...rest, ready: 0, ...completionTime, conditions },
    events,
    ...(next.requeueAt === undefined ? {} : { requeueAt: next.requeueAt }),
  };
}

function suspend(
  status: NonNullable<Job['status']>,
  tally: Tally,
  now: Instant,
): WorkloadDecision<Job['status']> {
  const state = {
    type: 'Suspended',
    status: 'True',
    reason: 'JobSuspended',
    message: 'Job suspended',
  } as const;
  return {
    actions: tally.active.map((pod) => ({ kind: 'deleteObject', of: kinds.pod, object: pod })),
    status: { ...status, conditions: setCondition(status.conditions, state, now) },
  };
}

function missingPods(job: Job, tally: Tally): number {
  const { completions, parallelism = 1 } = job.spec;
  const isQueue = completions === undefined && job.spec.parallelism !== undefined;
  const left = isQueue
    ? tally.succeeded.length > 0
      ? 0
      : parallelism
    : Math.min(parallelism, (completions ?? 1) - tally.succeeded.length);
  return Math.max(0, left - tally.active.length);
}

/** After the n-th failure 10 s, 20 s, ... 6 min. */
function retryMoment(failed: readonly Pod[]): Instant | undefined {
  if (failed.length === 0) return undefined;
  const ends = failed.map(finishedAt).filter((at) => at !== undefined);
  if (ends.length === 0) return undefined;
  const last = ends.reduce((a, b) => (a > b ? a : b));
  return addMs(last, Math.min(firstRetryMs * 2 ** (failed.length - 1), longestRetryMs));
}

function finishedAt(pod: Pod): Instant | undefined {
  const ends = (pod.status?.containerStatuses ?? []).map((status) =>
    parseInstant(textAt(objectAt(objectAt(status, 'state'), 'terminated'), 'finishedAt')),
  );
  return ends.reduce<Instant | undefined>(
    (latest, at) => (at !== undefined && at > (latest ?? 0) ? at : latest),
    undefined,
  );
}

function deadlineOf(job: Job, status: NonNullable<Job['status']>): Instant | undefined {
  const startedAt = parseInstant(status.startTime);
  const { activeDeadlineSeconds } = job.spec;
  if (startedAt === undefined || activeDeadlineSeconds === undefined) return undefined;
  return addMs(startedAt, activeDeadlineSeconds * 1000);
}

function buildPod(job: Job): NewObject<KubeObject> {
  const { name, namespace, uid = '' } = job.metadata;
  const { metadata, spec } = job.spec.template;
  const own = {
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  };
  const pod: NewObject<KubeObject> & { readonly spec: unknown } = {
    apiVersion: apiVersionOf(kinds.pod),
    kind: kinds.pod.kind,
    metadata: {
      generateName: `${name}-`,
      ...(namespace === undefined ? {} : { namespace }),
      labels: { ...metadata?.labels, ...own },
      ...(metadata?.annotations === undefined ? {} : { annotations: metadata.annotations }),
      ownerReferences: [controllerReference(kinds.job, job)],
    },
    spec: { restartPolicy: 'Never', ...spec, containers: objectsAt(spec, 'containers') },
  };
  return pod;
}

function positive(field: string, number: number): Readonly<Record<string, number>> {
  return number === 0 ? {} : { [field]: number };
}
