import type { Metric } from '#api/argoproj/analysis-template.js';
import { providerOf } from '#core/analysis/spec/spec-problem.js';
import {
  join,
  joinClusters,
  readNumber,
  readSide,
  type Read,
  type SideSample,
} from '#core/comparison/sample.js';
import type { ComparisonSettings, SideQueries } from '#core/comparison/settings.js';
import type { JsonObject } from '#core/json/json.js';
import type { MetricRequest, MetricSource } from '#ports/metric-source.js';

export type Sources = Readonly<Record<string, MetricSource>>;

/** Asks for what one side had in the last interval, by cluster if the settings want that. */
export async function askCounts(
  sources: Sources,
  request: MetricRequest,
  queries: SideQueries,
  settings: ComparisonSettings,
): Promise<Read<SideSample>> {
  const { threshold, clusterBy } = settings;
  const clusters = clusterBy === undefined ? [] : [clusterBy];
  if (queries.kind === 'whole') {
    // Buckets of a histogram are told apart by this label, everywhere where there are any.
    const splitBy = threshold === undefined ? clusters : [...clusters, 'le'];
    const answer = await askOne(sources, { ...request, splitBy }, queries.provider);
    return answer.ok ? readSide(answer.value, settings) : answer;
  }
  const [events, total] = await Promise.all([
    askOne(sources, { ...request, splitBy: clusters }, queries.events),
    askOne(sources, { ...request, splitBy: clusters }, queries.total),
  ]);
  if (clusterBy !== undefined && events.ok && total.ok) return joinClusters(events.value, total.value);
  return join(
    events.ok ? readNumber(events.value, 0) : events,
    total.ok ? readNumber(total.value, 0) : total,
  );
}

/** Asks for the mean of one side over the last interval. */
export async function askMean(
  sources: Sources,
  request: MetricRequest,
  queries: SideQueries,
): Promise<Read<number>> {
  if (queries.kind === 'parts') return { ok: false, message: 'has no mean' };
  const answer = await askOne(sources, request, queries.provider);
  return answer.ok ? readNumber(answer.value) : answer;
}

async function askOne(
  sources: Sources,
  request: MetricRequest,
  provider: JsonObject,
): Promise<Read<unknown>> {
  const metric: Metric = { ...request.metric, provider };
  const { id, config } = providerOf(metric);
  const key = id.startsWith('plugin.') ? 'plugin' : id;
  const source = Object.hasOwn(sources, key) ? sources[key] : undefined;
  if (source === undefined) return { ok: false, message: `metric provider "${id}" is not supported` };
  const outcome = await source.measure({ ...request, metric, provider: config });
  switch (outcome.kind) {
    case 'value':
      return { ok: true, value: outcome.result };
    case 'error':
      return { ok: false, message: outcome.message };
    case 'judged':
      return { ok: true, value: parseJson(outcome.value ?? '') };
    case 'running':
      return { ok: false, message: `metric provider "${id}" does not answer at once` };
  }
}

/** A plugin gives its value as text. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No JSON is no number either; who reads it says so.
    return text;
  }
}
