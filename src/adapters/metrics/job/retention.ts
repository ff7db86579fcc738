import { kinds } from '#api/kinds.js';
import type { Kube } from '#ports/kube.js';
import type { MetricRequest } from '#ports/metric-source.js';
import { jobNameOf, runUidLabel, verdictOf, type Job } from './job.js';

/**
 * Deletes the oldest Jobs of a run, over all its metrics, until `limit` are left. A Job that goes on, or whose end is
 * not stored yet, stays. Never throws.
 */
export async function deleteOldJobs(
  kube: Kube,
  { run, metricName }: MetricRequest,
  namespace: string,
  limit: number,
): Promise<void> {
  const open = (run.status?.metricResults ?? []).flatMap(({ measurements = [] }) =>
    measurements.filter(({ finishedAt }) => finishedAt === undefined).map(jobOf),
  );
  const kept = new Set([...open, jobNameOf(run, metricName)]);
  try {
    const labelSelector = `${runUidLabel}=${run.metadata.uid ?? ''}`;
    const { items } = await kube.list<Job>(kinds.job, { namespace, labelSelector });
    const surplus = items
      .toSorted((a, b) => createdAt(a).localeCompare(createdAt(b)))
      .slice(0, Math.max(0, items.length - limit));
    for (const job of surplus) {
      const { name } = job.metadata;
      if (kept.has(name) || verdictOf(job) === undefined) continue;
      await kube.delete({ kind: kinds.job, namespace, name }, { propagationPolicy: 'Foreground' });
    }
  } catch {
    // What is not deleted now is deleted after the next measurement, or with its run.
  }
}

function jobOf({ metadata }: { readonly metadata?: Readonly<Record<string, string>> }): string {
  return metadata?.['job-name'] ?? '';
}

function createdAt({ metadata }: Job): string {
  return metadata.creationTimestamp ?? '';
}
