import type { AnalysisTemplate, ClusterAnalysisTemplate } from '#api/argoproj/analysis-template.js';
import type { CanaryStrategy, Rollout, RolloutAnalysis } from '#api/argoproj/rollout.js';
import type { Service } from '#api/k8s/core-kinds.js';
import { kinds, type Kind } from '#api/kinds.js';
import type { KubeObject, UnknownObject } from '#api/k8s/meta.js';
import { bindRouters } from '#controllers/rollout/routers.js';
import type { TemplateTables } from '#core/analysis/run-model.js';
import { groupOf } from '#core/kube/object.js';
import { serviceNames } from '#core/rollout/owned-fields.js';
import type { SpecError } from '#core/rollout/validate/field-error.js';
import { validateRolloutReferences } from '#core/rollout/validate/references.js';
import { validateRolloutSpec } from '#core/rollout/validate/spec.js';
import { resolveWorkload } from '#core/rollout/workload-ref/resolve.js';
import type { Cache } from '#ports/cache.js';
import { trafficProviders } from '#providers/index.js';
import type { Manifest } from '../manifests.js';

/**
 * The first rule that a Rollout breaks, among the objects that were given with it. What it names and is not among them
 * may well be in the cluster: rules over that are not asked.
 */
export function findRolloutProblem(given: Rollout, all: readonly Manifest[]): SpecError | undefined {
  const files = createFiles(given, all);
  const { rollout, workload } = resolveWorkload(given, (kind, name) => ({
    object: files.get(kind, undefined, name),
  }));
  const isTemplateResolved = workload?.isResolved === true;
  const ruled = validateRolloutSpec(rollout, { routers: trafficProviders, isTemplateResolved });
  if (ruled !== undefined || (workload !== undefined && !isTemplateResolved)) return ruled;
  const templates: TemplateTables = {
    namespaced: files.list<AnalysisTemplate>(kinds.analysisTemplate),
    cluster: files.list<ClusterAnalysisTemplate>(kinds.clusterAnalysisTemplate),
  };
  const names = serviceNames(rollout);
  const services = Object.fromEntries(names.map((name) => [name, serviceOf(files, name)]));
  const { routers } = bindRouters(rollout, trafficProviders, files, {});
  const known = withKnownAnalyses(rollout, templates);
  const error = validateRolloutReferences(known, { services, templates, routers });
  return error !== undefined && isAboutAbsence(error) ? undefined : error;
}

/** The Service of that name, or one that breaks no rule in its place. */
function serviceOf(files: Cache, name: string): Service {
  const found = files.get<Service>(kinds.service, undefined, name);
  return found ?? { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: {} };
}

/** What a router misses may be in the cluster. Routers are asked last, so that no other rule is behind it. */
function isAboutAbsence({ path, message }: SpecError): boolean {
  const isAbsent = /not found in namespace `|[a-z.]+ "[^"]+" not found$/.test(message);
  return path.startsWith('spec.strategy.canary.trafficRouting') && isAbsent;
}

/** The same Rollout without the analyses of which a template is somewhere else. */
function withKnownAnalyses(rollout: Rollout, tables: TemplateTables): Rollout {
  const { strategy } = rollout.spec;
  const known = <A extends RolloutAnalysis>(analysis: A | undefined): A | undefined =>
    analysis !== undefined && hasTemplates(analysis, tables) ? analysis : undefined;
  if (strategy === undefined) return rollout;
  const { blueGreen, canary } = strategy;
  const kept = {
    ...strategy,
    ...(blueGreen === undefined
      ? {}
      : {
          blueGreen: without(blueGreen, {
            prePromotionAnalysis: known(blueGreen.prePromotionAnalysis),
            postPromotionAnalysis: known(blueGreen.postPromotionAnalysis),
          }),
        }),
    ...(canary === undefined ? {} : { canary: canaryWithKnown(canary, known) }),
  };
  return { ...rollout, spec: { ...rollout.spec, strategy: kept } };
}

function canaryWithKnown(
  canary: CanaryStrategy,
  known: <A extends RolloutAnalysis>(analysis: A | undefined) => A | undefined,
): CanaryStrategy {
  const steps = canary.steps?.map((step) => without(step, { analysis: known(step.analysis) }));
  return {
    ...without(canary, { analysis: known(canary.analysis) }),
    ...(steps === undefined ? {} : { steps }),
  };
}

/** The object with these fields, or without those that are `undefined`. */
function without<T extends object>(object: T, fields: { readonly [K in keyof T]?: T[K] | undefined }): T {
  const absent = new Set(
    Object.entries(fields).flatMap(([key, value]) => (value === undefined ? [key] : [])),
  );
  // Only optional fields are taken out.
  return Object.fromEntries(Object.entries(object).filter(([key]) => !absent.has(key))) as T;
}

function hasTemplates({ templates = [] }: RolloutAnalysis, tables: TemplateTables): boolean {
  return templates.every(({ templateName, clusterScope }) => {
    const table: readonly KubeObject[] = clusterScope === true ? tables.cluster : tables.namespaced;
    return table.some(({ metadata }) => metadata.name === templateName);
  });
}

/** The objects of the files as a cluster would show them to this Rollout: those of its namespace, or of none. */
function createFiles({ metadata }: Rollout, all: readonly Manifest[]): Cache {
  const objects = all.flatMap(({ object }) => (object === undefined ? [] : [object]));
  const isHere = (object: UnknownObject, namespace = metadata.namespace): boolean =>
    object.metadata.namespace === undefined ||
    namespace === undefined ||
    namespace === '' ||
    object.metadata.namespace === namespace;
  const isOf = (object: UnknownObject, kind: Kind): boolean =>
    object.kind === kind.kind && groupOf(object.apiVersion) === kind.group;
  return {
    // The caller names the type that the kind stands for.
    get: <T extends KubeObject>(kind: Kind, namespace: string | undefined, name: string) =>
      objects.find(
        (object) => isOf(object, kind) && object.metadata.name === name && isHere(object, namespace),
      ) as unknown as T | undefined,
    list: <T extends KubeObject>(kind: Kind) =>
      objects.filter((object) => isOf(object, kind) && isHere(object)) as unknown as readonly T[],
  };
}
