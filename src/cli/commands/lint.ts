import type { Command } from 'commander';
import type { AnalysisTemplate, ClusterAnalysisTemplate } from '#api/argoproj/analysis-template.js';
import type { Rollout } from '#api/argoproj/rollout.js';
import { kindDefinitions } from '#api/definitions.js';
import type { Service } from '#api/k8s/core-kinds.js';
import { apiVersionOf, kinds } from '#api/kinds.js';
import { toStructural } from '#api/schema/structural.js';
import { compileValidator, type Validator } from '#api/schema/validate.js';
import { serviceNames } from '#core/rollout/owned-fields.js';
import { describeSpecError } from '#core/rollout/validate/field-error.js';
import { validateRolloutReferences } from '#core/rollout/validate/references.js';
import { validateRolloutSpec } from '#core/rollout/validate/spec.js';
import { trafficProviders } from '#providers/index.js';
import { ExitWith } from '../command.js';
import type { Io } from '../io.js';
import { readManifests, type Manifest } from '../manifests.js';

/** `sluice lint -f FILE`: what a controller would refuse, before it is applied. Needs no cluster. */
export function registerLint(program: Command, io: Io): void {
  program
    .command('lint')
    .description('check manifests without a cluster; exits 1 when something is wrong')
    .requiredOption('-f, --filename <file...>', 'files to check; - is standard input')
    .action(async (flags: { filename: readonly string[] }) => {
      const manifests = await readManifests(flags.filename, (path) => io.readText(path));
      const problems = manifests.flatMap((manifest) =>
        problemsOf(manifest, manifests).map((problem) => `${manifest.file}:${manifest.line}: ${problem}\n`),
      );
      for (const problem of problems) io.err.write(problem);
      if (problems.length > 0) throw new ExitWith(1);
      io.out.write(
        `${manifests.length} ${manifests.length === 1 ? 'object' : 'objects'} checked, nothing wrong\n`,
      );
    });
}

function problemsOf(manifest: Manifest, all: readonly Manifest[]): readonly string[] {
  if (manifest.object === undefined) return [manifest.problem];
  const { object } = manifest;
  const subject = `${object.kind}/${object.metadata.name}`;
  const fit = validatorOf(object.apiVersion, object.kind)?.(object) ?? [];
  if (fit.length > 0) return fit.map((problem) => `${subject}: ${problem.path}: ${problem.message}`);
  if (object.apiVersion !== apiVersionOf(kinds.rollout) || object.kind !== kinds.rollout.kind) return [];
  const rollout = object as unknown as Rollout;
  const error = validateRolloutSpec(rollout, { routers: trafficProviders }) ?? referenceError(rollout, all);
  return error === undefined ? [] : [describeSpecError(rollout.metadata.name, error)];
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

const validators = new Map<string, Validator>();

function validatorOf(apiVersion: string, kind: string): Validator | undefined {
  const definition = kindDefinitions.find(
    (one) => apiVersionOf(one.kind) === apiVersion && one.kind.kind === kind,
  );
  if (definition === undefined) return undefined;
  const known = validators.get(kind) ?? compileValidator(toStructural(definition.schema));
  validators.set(kind, known);
  return known;
}
