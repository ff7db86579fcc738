import type { Kustomization } from '#api/flux/kustomization.js';
import { findCondition } from '#core/kube/conditions.js';
import { isReadyByExpression } from './expressions.js';
import { isEqual } from '#core/json/json.js';
import type { KustomizationSnapshot, ObservedDependency } from '../model/kustomization-snapshot.js';

/** Why the first dependency that is not ready is not; `undefined` when all are. */
export function dependencyProblem({
  object,
  dependencies,
  source,
  settings,
}: KustomizationSnapshot): string | undefined {
  for (const [i, dependency] of dependencies.entries()) {
    const { readyExpr } = object.spec.dependsOn?.[i] ?? {};
    const byExpression = readyExpr === undefined ? undefined : expressionSays(object, dependency, readyExpr);
    if (byExpression !== undefined) return byExpression;
    // The expression replaces the rule, unless it is added to it.
    if (readyExpr !== undefined && !settings.isReadyExprAdded) continue;
    const why = problemOf(object, dependency, source.artifact?.revision);
    if (why !== undefined) return why;
  }
  return undefined;
}

function expressionSays(
  self: Kustomization,
  { namespace, name, object }: ObservedDependency,
  readyExpr: string,
): string | undefined {
  const subject = `${namespace}/${name}`;
  if (object === undefined) return notFound(subject, name);
  return isReadyByExpression(readyExpr, object, self)
    ? undefined
    : `dependency '${subject}' is not ready according to readyExpr eval`;
}

function problemOf(
  self: Kustomization,
  { namespace, name, object }: ObservedDependency,
  revision: string | undefined,
): string | undefined {
  const subject = `${namespace}/${name}`;
  if (object === undefined) return notFound(subject, name);
  const { status, metadata } = object;
  const ready = findCondition(status?.conditions, 'Ready');
  if (status?.observedGeneration !== metadata.generation || ready?.status !== 'True') {
    return `dependency '${subject}' is not ready`;
  }
  if (isEqual(sourceOf(self), sourceOf(object)) && status?.lastAppliedRevision !== revision) {
    return `dependency '${subject}' revision is not up to date`;
  }
  return undefined;
}

function notFound(subject: string, name: string): string {
  return `dependency '${subject}' not found: kustomizations.kustomize.toolkit.fluxcd.io "${name}" not found`;
}

function sourceOf({ spec, metadata }: Kustomization): unknown {
  const { kind, name, namespace } = spec.sourceRef;
  return { kind, name, namespace: namespace ?? metadata.namespace };
}
