import type { Receiver } from '#api/flux/receiver.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { type CelAnswer, compileCel, type CompiledCel } from '#core/cel/cel.js';
import { oidcExpressionProblem } from './identity-claims.js';
import type { HookTarget } from './targets.js';

/** What a filter may name: the object (its metadata), the body of the call, and claims of its identity token. */
const names = ['res', 'req', 'claims'] as const;

/** What is wrong with the expressions of a Receiver; `undefined`: nothing. */
export function expressionProblemOf({ spec }: Receiver): string | undefined {
  const ownFilters = spec.resources.map(
    ({ filter }, i) => [`spec.resources[${i}].filter`, filter ?? ''] as const,
  );
  const filters = [['spec.resourceFilter', spec.resourceFilter ?? ''] as const, ...ownFilters];
  for (const [field, text] of filters) {
    if (text === '') continue;
    const compiled = compileCel(text, names);
    if (!compiled.ok) return `${field}: ${compiled.message}`;
  }
  return oidcExpressionProblem({ spec });
}

/** What is known of the call. */
export interface CallFacts {
  readonly req: unknown;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Whether an object gets the request: every filter lets it pass. A filter that fails on an object is a problem of it. */
export function resourceFilter(
  { spec }: Receiver,
  { filter = '' }: HookTarget,
  { req, claims }: CallFacts,
): (object: UnknownObject) => CelAnswer {
  const compiled = [spec.resourceFilter ?? '', filter]
    .filter((text) => text !== '')
    .map((text) => compileCel(text, names));
  return ({ apiVersion, kind, metadata }) =>
    answerOf(compiled, { res: { apiVersion, kind, metadata }, req: req ?? null, claims });
}

function answerOf(filters: readonly CompiledCel[], variables: Readonly<Record<string, unknown>>): CelAnswer {
  for (const filter of filters) {
    if (!filter.ok) return filter;
    const answer = filter.expression.evaluate(variables);
    if (!answer.ok || !answer.value) return answer;
  }
  return { ok: true, value: true };
}
