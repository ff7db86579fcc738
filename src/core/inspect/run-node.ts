import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { Instant } from '#core/time/instant.js';
import { ageSince } from './age.js';
import { analysisIcon } from './icons.js';
import type { InspectNode } from './input.js';

type Results = NonNullable<NonNullable<AnalysisRun['status']>['metricResults']>;

/** Where the metric provider `job` notes the name of its Job. */
const jobNameKey = 'job-name';

/** An AnalysisRun with the count of its measurements by outcome, and the Jobs that measured. */
export function runNode(run: AnalysisRun, now: Instant): InspectNode {
  const phase = run.status?.phase ?? '';
  const results = run.status?.metricResults ?? [];
  return {
    kind: 'AnalysisRun',
    name: run.metadata.name,
    status: { icon: analysisIcon(phase), text: phase },
    age: ageSince(run.metadata.creationTimestamp, now),
    info: [
      ...counted('✔', results, 'successful'),
      ...counted('✖', results, 'failed'),
      ...counted('?', results, 'inconclusive'),
      ...counted('⚠', results, 'error'),
    ],
    children: results.flatMap((result) => jobsOf(result, now)),
  };
}

function counted(
  icon: string,
  results: Results,
  field: 'successful' | 'failed' | 'inconclusive' | 'error',
): readonly string[] {
  const count = results.reduce((sum, result) => sum + (result[field] ?? 0), 0);
  return count > 0 ? [`${icon} ${count}`] : [];
}

function jobsOf(result: Results[number], now: Instant): readonly InspectNode[] {
  return (result.measurements ?? []).flatMap(({ metadata, phase, startedAt }) => {
    const name = metadata?.[jobNameKey];
    if (name === undefined) return [];
    const status = { icon: analysisIcon(phase), text: phase };
    return [{ kind: 'Job' as const, name, status, age: ageSince(startedAt, now), info: [], children: [] }];
  });
}
