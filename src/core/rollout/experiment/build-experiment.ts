import type { Experiment, ExperimentTemplate } from '#api/argoproj/experiment.js';
import type { ExperimentStep, ExperimentStepTemplate } from '#api/argoproj/canary-step.js';
import { annotations, labels } from '#api/argoproj/words.js';
import { apiVersionOf, kinds } from '#api/kinds.js';
import type { PodTemplateSpec, ReplicaSet } from '#api/k8s/core-kinds.js';
import type { LabelSelector } from '#api/k8s/meta.js';
import { resolveCallerArgs } from '#core/analysis/arguments/caller-args.js';
import { done, failed, isCompletedPhase, type Outcome } from '#core/analysis/run-model.js';
import { isEqual } from '#core/json/json.js';
import type { Course } from '../course.js';
import { withHash, type Facts } from '../facts.js';
import { ownerReference } from '../replica-sets/build.js';

/** The experiment of a step before any suffix that evades a clash: `<rollout>-<hash>-<revision>-<index>`. */
function experimentBaseName(facts: Facts, course: Course): string {
  const { name } = facts.rollout.metadata;
  return [name, facts.newHash, facts.revision, course.index ?? 0].join('-');
}

/** Whether an experiment of this name is one of the current step. */
export function isOfStep(facts: Facts, course: Course, name: string): boolean {
  const base = experimentBaseName(facts, course);
  return name === base || (name.startsWith(`${base}-`) && /^\d+$/.test(name.slice(base.length + 1)));
}

/** The Experiment of a step under the name that it gets. */
export interface PlacedExperiment {
  readonly experiment: Experiment;
  /** It is there already and is the one wanted: a pass that made it did not live to tell. */
  readonly exists: boolean;
}

/** The Experiment of a canary step: copies of the canary's and the stable pods, under a name that is free. */
export function buildExperiment(
  facts: Facts,
  course: Course,
  step: ExperimentStep,
): Outcome<PlacedExperiment> {
  const { rollout, newHash, revision } = facts;
  const spec = buildSpec(facts, course, step);
  if (!spec.ok) return spec;
  const { namespace } = rollout.metadata;
  return done(
    place(facts, {
      apiVersion: apiVersionOf(kinds.experiment),
      kind: kinds.experiment.kind,
      metadata: {
        name: experimentBaseName(facts, course),
        ...(namespace === undefined ? {} : { namespace }),
        labels: { ...rollout.metadata.labels, [labels.podTemplateHash]: newHash },
        annotations: { [annotations.revision]: String(revision) },
        ownerReferences: [ownerReference(rollout)],
      },
      spec: spec.value,
    }),
  );
}

function buildSpec(facts: Facts, course: Course, step: ExperimentStep): Outcome<Experiment['spec']> {
  const { progressDeadlineSeconds } = facts.rollout.spec;
  const { duration, scaleDownDelaySeconds, dryRun, analysisRunMetadata } = step;
  const templates: ExperimentTemplate[] = [];
  for (const wanted of step.templates) {
    const template = buildTemplate(facts, course, wanted);
    if (!template.ok) return template;
    templates.push(template.value);
  }
  const analyses = buildAnalyses(facts, course, step);
  if (!analyses.ok) return analyses;
  return done({
    templates,
    ...(duration === undefined ? {} : { duration }),
    ...(progressDeadlineSeconds === undefined ? {} : { progressDeadlineSeconds }),
    ...(scaleDownDelaySeconds === undefined ? {} : { scaleDownDelaySeconds }),
    ...(analyses.value.length === 0 ? {} : { analyses: analyses.value }),
    ...(dryRun === undefined ? {} : { dryRun }),
    ...(analysisRunMetadata === undefined ? {} : { analysisRunMetadata }),
  });
}

function buildTemplate(
  facts: Facts,
  course: Course,
  wanted: ExperimentStepTemplate,
): Outcome<ExperimentTemplate> {
  const sources: Readonly<Record<string, ReplicaSet | undefined>> = {
    canary: facts.newRS,
    stable: withHash(facts, course.stableHash),
  };
  if (!Object.hasOwn(sources, wanted.specRef)) {
    return failed('Invalid template step SpecRef: must be canary or stable');
  }
  const source = sources[wanted.specRef];
  if (source === undefined) return failed(`there is no ${wanted.specRef} ReplicaSet to copy`);
  const { name, replicas, weight, service } = wanted;
  const { minReadySeconds } = source.spec;
  const hasService = weight !== undefined || service !== undefined;
  return done({
    name,
    ...(replicas === undefined ? {} : { replicas }),
    ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
    selector: withLabels(wanted.selector ?? source.spec.selector, wanted.metadata?.labels),
    template: withMetadata(source.spec.template ?? {}, wanted),
    ...(hasService ? { service: { ...service } } : {}),
  });
}

function withLabels(selector: LabelSelector, added: Readonly<Record<string, string>> = {}): LabelSelector {
  return Object.keys(added).length === 0
    ? selector
    : { ...selector, matchLabels: { ...selector.matchLabels, ...added } };
}

function withMetadata(
  template: PodTemplateSpec,
  { metadata: added }: ExperimentStepTemplate,
): PodTemplateSpec {
  // A moment that was never set comes as null from older API servers, and is not stored again.
  const { creationTimestamp: _unset, ...metadata } = template.metadata ?? {};
  const podLabels = { ...metadata.labels, ...added?.labels };
  const podAnnotations = { ...metadata.annotations, ...added?.annotations };
  return {
    ...template,
    metadata: {
      ...metadata,
      ...(Object.keys(podLabels).length === 0 ? {} : { labels: podLabels }),
      ...(Object.keys(podAnnotations).length === 0 ? {} : { annotations: podAnnotations }),
    },
  };
}

type Analyses = NonNullable<Experiment['spec']['analyses']>;

function buildAnalyses(facts: Facts, course: Course, { analyses = [] }: ExperimentStep): Outcome<Analyses> {
  const sources = { rollout: facts.rollout, podHash: facts.newHash, stableHash: course.stableHash };
  const built: Analyses[number][] = [];
  for (const { args: given = [], ...analysis } of analyses) {
    const args = resolveCallerArgs(given, sources);
    if (!args.ok) return args;
    built.push({ ...analysis, ...(args.value.length === 0 ? {} : { args: args.value }) });
  }
  return done(built);
}

/** Under its own name, or with `-1`, `-2` … behind it; an equal unfinished one of ours is taken over. */
function place({ snapshot }: Facts, wanted: Experiment): PlacedExperiment {
  const base = wanted.metadata.name;
  for (let suffix = 0; ; suffix += 1) {
    const name = suffix === 0 ? base : `${base}-${suffix}`;
    const own = snapshot.experiments.find(({ metadata }) => metadata.name === name);
    if (own !== undefined && isSame(own, wanted)) return { experiment: own, exists: true };
    if (own === undefined && !snapshot.foreignExperiments.includes(name)) {
      return { experiment: { ...wanted, metadata: { ...wanted.metadata, name } }, exists: false };
    }
  }
}

function isSame(existing: Experiment, wanted: Experiment): boolean {
  const isOpen = !isCompletedPhase(existing.status?.phase) && existing.spec.terminate !== true;
  return isOpen && isEqual(existing.spec, wanted.spec);
}
