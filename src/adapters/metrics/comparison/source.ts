import {
  endComparison,
  lastState,
  lookOnce,
  resumeComparison,
  storedState,
  type Going,
} from '#core/comparison/going.js';
import type { Sample } from '#core/comparison/look.js';
import type { Read } from '#core/comparison/sample.js';
import { comparisonProvider, type ComparisonSettings } from '#core/comparison/settings.js';
import type { MetricOutcome, MetricRequest, MetricSource } from '#ports/metric-source.js';
import type { MetricSourceDeps } from '../deps.js';
import { askCounts, askMean, type Sources } from './ask-side.js';

/**
 * Compares canary and baseline by statistics that stay valid at every look. A comparison is one measurement that goes on
 * over its intervals until it is decided; all it knows is in the metadata of that measurement, and nowhere else.
 */
export function createComparisonSource({ clock }: MetricSourceDeps, sources: Sources): MetricSource {
  const prepare = ({ provider, metric, run }: MetricRequest, stored: string | undefined): Read<Going> =>
    resumeComparison({ provider, metric, run, stored, now: clock.now() });
  const next = async (request: MetricRequest, stored: string | undefined): Promise<MetricOutcome> => {
    const going = prepare(request, stored);
    if (!going.ok) return { kind: 'error', message: going.message };
    const sample = await ask(sources, request, going.value.look.settings);
    // The interval ends when the answers are there, so the next one counts from then.
    return lookOnce(going.value, sample, clock.now());
  };
  return {
    id: comparisonProvider,
    measure: (request) => next(request, lastState(request.run, request.metricName)),
    resume: (request, measurement) => next(request, storedState(measurement)),
    terminate: (request, measurement) => {
      const going = prepare(request, storedState(measurement));
      const outcome: MetricOutcome = going.ok
        ? endComparison(going.value)
        : { kind: 'error', message: going.message };
      return Promise.resolve(outcome);
    },
  };
}

async function ask(
  sources: Sources,
  request: MetricRequest,
  settings: ComparisonSettings,
): Promise<Read<Sample>> {
  const { kind } = settings;
  if (kind === 'mean') {
    const both = await askBoth(settings, (queries) => askMean(sources, request, queries));
    return both.ok ? { ok: true, value: { kind: 'means', ...both.value } } : both;
  }
  const both = await askBoth(settings, (queries) => askCounts(sources, request, queries, settings));
  return both.ok ? { ok: true, value: { kind: 'counts', ...both.value } } : both;
}

async function askBoth<T>(
  settings: ComparisonSettings,
  question: (queries: ComparisonSettings['canary']) => Promise<Read<T>>,
): Promise<Read<{ readonly canary: T; readonly baseline: T }>> {
  const [canary, baseline] = await Promise.all([question(settings.canary), question(settings.baseline)]);
  if (!canary.ok) return { ok: false, message: `canary: ${canary.message}` };
  if (!baseline.ok) return { ok: false, message: `baseline: ${baseline.message}` };
  return { ok: true, value: { canary: canary.value, baseline: baseline.value } };
}
