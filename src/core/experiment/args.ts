import type { ExperimentAnalysis } from '#api/argoproj/experiment.js';
import { labels } from '#api/argoproj/words.js';
import { fillPlaceholders } from '#core/analysis/arguments/substitute.js';
import { done, failed, type Outcome } from '#core/analysis/run-model.js';
import { formatInstant } from '#core/time/instant.js';
import { isOf } from './build.js';
import type { ExperimentSnapshot } from './snapshot.js';
import { durationEnd } from './spec.js';

/** An argument as a run gets it; without a value the template's own counts. */
export interface RunArg {
  readonly name: string;
  readonly value?: string;
}

/**
 * The arguments of an analysis with what the experiment knows put in: `{{templates.<name>.podTemplateHash}}`,
 * `{{templates.<name>.replicaset.name}}`, `{{experiment.availableAt}}` and `{{experiment.finishedAt}}`.
 */
export function resolveArgs(
  snapshot: ExperimentSnapshot,
  { args = [] }: ExperimentAnalysis,
): Outcome<readonly RunArg[]> {
  const values = valuesOf(snapshot);
  const resolved: RunArg[] = [];
  for (const { name, value } of args) {
    const filled = value === undefined ? undefined : fillPlaceholders(value, (tag) => values.get(tag));
    if (filled?.ok === false) return failed(filled.message);
    resolved.push({ name, ...(filled === undefined ? {} : { value: filled.value }) });
  }
  return done(resolved);
}

function valuesOf(snapshot: ExperimentSnapshot): ReadonlyMap<string, string> {
  const { experiment, replicaSets } = snapshot;
  const values = new Map<string, string>();
  const availableAt = experiment.status?.availableAt;
  const end = durationEnd(experiment);
  if (availableAt !== undefined) values.set('experiment.availableAt', availableAt);
  if (end !== undefined) values.set('experiment.finishedAt', formatInstant(end));
  for (const { name } of experiment.spec.templates) {
    const rs = replicaSets.find((candidate) => isOf(candidate, experiment, name));
    if (rs === undefined) continue;
    values.set(`templates.${name}.podTemplateHash`, rs.metadata.labels?.[labels.podTemplateHash] ?? '');
    values.set(`templates.${name}.replicaset.name`, rs.metadata.name);
  }
  return values;
}
