import type { Service } from '#api/k8s/core-kinds.js';
import { withoutUndefined } from '../course.js';
import type { Facts } from '../facts.js';
import type { SpecError } from './field-error.js';
import { validateRolloutReferences } from './references.js';
import { validateRolloutSpec } from './spec.js';

/** The first problem of the spec, or else of what it names; `undefined` when the Rollout can be followed. */
export function findProblem(facts: Facts): SpecError | undefined {
  const { rollout, snapshot } = facts;
  return (
    validateRolloutSpec(rollout, {
      routers: snapshot.routers,
      isTemplateResolved: snapshot.workload?.isResolved === true,
    }) ??
    validateRolloutReferences(rollout, {
      services: servicesOf(facts),
      templates: snapshot.templates,
      routers: snapshot.routers,
      unknownRouters: snapshot.unknownRouters,
      ...withoutUndefined({ workloadProblem: snapshot.workload?.problem }),
    })
  );
}

function servicesOf({ snapshot }: Facts): Readonly<Record<string, Service>> {
  return Object.fromEntries(Object.entries(snapshot.services).map(([name, view]) => [name, view.service]));
}
