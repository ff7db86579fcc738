import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { JobMetric } from '#api/argoproj/metric-provider.js';
import type { Condition, KubeObject } from '#api/k8s/meta.js';
import { apiVersionOf, kinds } from '#api/kinds.js';
import { objectAt } from '#core/json/read.js';
import { controllerOf } from '#core/kube/object.js';
import type { NewObject } from '#ports/kube.js';

/** What is read and written of a Job; its spec is the user's. */
export interface Job extends KubeObject {
  readonly spec: unknown;
  readonly status?: { readonly conditions?: readonly Condition[] };
}

/** On Jobs and their pods: the uid of the AnalysisRun that they measure for. */
export const runUidLabel = 'analysisrun.argoproj.io/uid';

const longestName = 63;

/** Of which measurement a Job is: the `number`-th of a metric, errors counted too. */
export interface JobOrder {
  readonly run: AnalysisRun;
  readonly metricName: string;
  readonly config: JobMetric;
  /** Where the Job is made when not beside its run. */
  readonly namespace?: string;
  /** In another cluster a Job cannot be owned by its run. */
  readonly isAbroad?: boolean;
}

/**
 * `<uid of the run>.<metric>.<n>`: equal for the same measurement, so that one which was not stored finds its Job again.
 * Over 63 characters the metric is cut.
 */
export function jobNameOf(run: AnalysisRun, metricName: string): string {
  const result = run.status?.metricResults?.find(({ name }) => name === metricName);
  const number = (result?.count ?? 0) + (result?.error ?? 0) + 1;
  const { uid = '' } = run.metadata;
  const room = Math.max(0, longestName - uid.length - String(number).length - 2);
  // What is cut off may leave an end that no name may have.
  const metric = metricName.length <= room ? metricName : metricName.slice(0, room).replace(/[-.]+$/, '');
  return `${uid}.${metric}.${number}`;
}

/** The Job of the next measurement. Beside its run it is owned by it. */
export function buildJob({ run, metricName, config, namespace, isAbroad = false }: JobOrder): NewObject<Job> {
  const { uid = '', name, namespace: home = '' } = run.metadata;
  const { labels, annotations } = config.metadata ?? {};
  const template = objectAt(config.spec, 'template');
  const templateMetadata = objectAt(template, 'metadata');
  const own = { [runUidLabel]: uid };
  return {
    apiVersion: apiVersionOf(kinds.job),
    kind: kinds.job.kind,
    metadata: {
      name: jobNameOf(run, metricName),
      namespace: namespace ?? home,
      labels: { ...labels, ...own },
      annotations: {
        ...annotations,
        'analysisrun.argoproj.io/name': name,
        'analysisrun.argoproj.io/namespace': home,
        'analysisrun.argoproj.io/metric-name': metricName,
      },
      ...((namespace ?? home) === home && !isAbroad ? { ownerReferences: [ownerOf(run)] } : {}),
    },
    spec: {
      ...config.spec,
      template: {
        ...template,
        metadata: { ...templateMetadata, labels: { ...objectAt(templateMetadata, 'labels'), ...own } },
      },
    },
  };
}

function ownerOf({ metadata: { name, uid = '' } }: AnalysisRun) {
  return {
    apiVersion: apiVersionOf(kinds.analysisRun),
    kind: kinds.analysisRun.kind,
    name,
    uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** Whether a Job was made for this run. */
export function isJobOf(job: Job, run: AnalysisRun): boolean {
  const uid = run.metadata.uid ?? '';
  return (controllerOf(job)?.uid ?? job.metadata.labels?.[runUidLabel]) === uid;
}

/** How a Job ended; `undefined` while it goes on. */
export function verdictOf(job: Job): (Condition & { readonly type: 'Complete' | 'Failed' }) | undefined {
  for (const condition of job.status?.conditions ?? []) {
    const { type } = condition;
    if (type === 'Complete' || type === 'Failed') return { ...condition, type };
  }
  return undefined;
}
