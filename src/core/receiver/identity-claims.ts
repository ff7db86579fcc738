import type { OidcProvider, Receiver } from '#api/flux/receiver.js';
import { compileCel, compileCelValue } from '#core/cel/cel.js';
import { isObject, type JsonObject } from '#core/json/json.js';
import { textAt } from '#core/json/read.js';

/** What variables and validations may name: the claims of the token, and the variables before. */
const names = ['claims', 'variables'] as const;

/** For whom tokens are made when a provider says nothing else. */
export const defaultAudience = 'notification-controller';

/** What is wrong with the expressions of the providers; `undefined`: nothing. */
export function oidcExpressionProblem({
  spec: { oidcProviders = [] },
}: Pick<Receiver, 'spec'>): string | undefined {
  for (const [i, { variables = [], validations }] of oidcProviders.entries()) {
    const where = `spec.oidcProviders[${i}]`;
    for (const [j, { expression }] of variables.entries()) {
      const compiled = compileCelValue(expression, names);
      if (!compiled.ok) return `${where}.variables[${j}]: ${compiled.message}`;
    }
    for (const [j, { expression }] of validations.entries()) {
      const compiled = compileCel(expression, names);
      if (!compiled.ok) return `${where}.validations[${j}]: ${compiled.message}`;
    }
  }
  return undefined;
}

/** Why these claims do not let their bearer in; `undefined`: every validation holds. */
export function claimsProblem(
  { variables: wanted = [], validations }: OidcProvider,
  claims: JsonObject,
): string | undefined {
  let variables: JsonObject = {};
  for (const { name, expression } of wanted) {
    const compiled = compileCelValue(expression, names);
    const answer = compiled.ok ? compiled.expression.evaluate({ claims, variables }) : compiled;
    if (!answer.ok) return `variable ${name}: ${answer.message}`;
    variables = { ...variables, [name]: answer.value };
  }
  for (const { expression, message } of validations) {
    const compiled = compileCel(expression, names);
    const answer = compiled.ok ? compiled.expression.evaluate({ claims, variables }) : compiled;
    if (!answer.ok) return `validation "${message}": ${answer.message}`;
    if (!answer.value) return message;
  }
  return undefined;
}

/** Who a token says that he made it; nothing of it is proven. */
export function claimedIssuer(token: string, decode: (base64url: string) => string): string | undefined {
  try {
    const claims: unknown = JSON.parse(decode(token.split('.')[1] ?? ''));
    return isObject(claims) ? textAt(claims, 'iss') : undefined;
  } catch {
    // No token.
    return undefined;
  }
}
