import type { AnalysisTemplate, ClusterAnalysisTemplate } from '#api/argoproj/analysis-template.js';
import type { Rollout } from '#api/argoproj/rollout.js';
import { objectSchema } from '#api/crd.js';
import { kindDefinitions } from '#api/definitions.js';
import type { Service } from '#api/k8s/core-kinds.js';
import { apiVersionOf, kinds } from '#api/kinds.js';
import type { StructuralSchema } from '#api/schema/structural.js';
import { findUnknownFields } from '#api/schema/unknown-fields.js';
import { compileValidator, type Validator } from '#api/schema/validate.js';
import { serviceNames } from '#core/rollout/owned-fields.js';
import { describeSpecError } from '#core/rollout/validate/field-error.js';
import { validateRolloutReferences } from '#core/rollout/validate/references.js';
import { validateRolloutSpec } from '#core/rollout/validate/spec.js';
import { trafficProviders } from '#providers/index.js';
import type { Manifest } from './manifests.js';

/** What is wrong with one document: errors are refused by a controller or the API server, warnings are lost silently. */
interface Verdict {
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
}

/** Judges a document among all that were given; kinds that are not served here pass. */
export function judge(manifest: Manifest, all: readonly Manifest[]): Verdict {
  if (manifest.object === undefined) return { errors: [manifest.problem], warnings: [] };
  const { object } = manifest;
  const subject = `${object.kind}/${object.metadata.name}`;
  const schema = schemaOf(object.apiVersion, object.kind);
  if (schema === undefined)
    return { errors: unknownKind(object.apiVersion, object.kind, subject), warnings: [] };
  const warnings = findUnknownFields(schema.structure, object).map(
    (path) => `${subject}: ${path}: unknown field, the API server would drop it`,
  );
  const misfits = schema.validate(object).map((problem) => `${subject}: ${problem.path}: ${problem.message}`);
  if (misfits.length > 0 || object.kind !== kinds.rollout.kind) return { errors: misfits, warnings };
  const rollout = object as unknown as Rollout;
  const error = validateRolloutSpec(rollout, { routers: trafficProviders }) ?? referenceError(rollout, all);
  return { errors: error === undefined ? [] : [describeSpecError(rollout.metadata.name, error)], warnings };
}

/** Rules over what the spec names are asked only when its Services are among the manifests. */
function referenceError(
  rollout: Rollout,
  all: readonly Manifest[],
): ReturnType<typeof validateRolloutReferences> {
  const services = Object.fromEntries(
    ofKind<Service>(all, kinds.service.kind).map((service) => [service.metadata.name, service]),
  );
  if (serviceNames(rollout).some((name) => services[name] === undefined)) return undefined;
  const templates = {
    namespaced: ofKind<AnalysisTemplate>(all, kinds.analysisTemplate.kind),
    cluster: ofKind<ClusterAnalysisTemplate>(all, kinds.clusterAnalysisTemplate.kind),
  };
  return validateRolloutReferences(rollout, { services, templates, routers: [] });
}

function ofKind<T>(all: readonly Manifest[], kind: string): readonly T[] {
  return all.flatMap(({ object }) => (object?.kind === kind ? [object as unknown as T] : []));
}

/** A group that is served here in a version or kind that is not is mostly a slip. */
function unknownKind(apiVersion: string, kind: string, subject: string): readonly string[] {
  const sameKind = kindDefinitions.find(
    (one) => one.kind.kind === kind && one.kind.group === apiVersion.split('/')[0],
  );
  if (sameKind === undefined) return [];
  return [`${subject}: apiVersion ${apiVersion} is not served; use ${apiVersionOf(sameKind.kind)}`];
}

interface KindSchema {
  readonly structure: StructuralSchema;
  readonly validate: Validator;
}

const schemas = new Map<string, KindSchema>();
const routers = Object.fromEntries(trafficProviders.map((provider) => [provider.id, provider.schema]));

function schemaOf(apiVersion: string, kind: string): KindSchema | undefined {
  const definition = kindDefinitions.find(
    (one) => apiVersionOf(one.kind) === apiVersion && one.kind.kind === kind,
  );
  if (definition === undefined) return undefined;
  const structure = objectSchema(definition, routers);
  const known = schemas.get(kind) ?? { structure, validate: compileValidator(structure) };
  schemas.set(kind, known);
  return known;
}
