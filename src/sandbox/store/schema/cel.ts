import { Environment } from '@marcbachmann/cel-js';
import { isObject, type JsonObject } from '#core/json/json.js';
import type { Cause } from '../status.js';
import { fieldSchema, type Schema, type ValidationRule } from './schema.js';
import { typeNameOf } from './validate.js';

/**
 * Violations of the CEL rules of a schema. A rule that names `oldSelf` is looked at only where there is an old value:
 * items of lists have one only in lists with map keys.
 */
export function validateRules(schema: Schema, value: unknown, old: unknown, path = ''): readonly Cause[] {
  if (!hasRules(schema)) return [];
  const own = (schema['x-kubernetes-validations'] ?? []).flatMap((rule) =>
    check(schema, rule, value, old, path),
  );
  if (Array.isArray(value)) return [...own, ...validateItems(schema, value, old, path)];
  if (!isObject(value)) return own;
  const before: JsonObject = isObject(old) ? old : {};
  const inner = Object.entries(value).flatMap(([key, field]) => {
    const known = fieldSchema(schema, key);
    return known === undefined
      ? []
      : validateRules(known, field, before[key], path === '' ? key : `${path}.${key}`);
  });
  return [...own, ...inner];
}

function validateItems(
  schema: Schema,
  value: readonly unknown[],
  old: unknown,
  path: string,
): readonly Cause[] {
  const { items } = schema;
  if (items === undefined) return [];
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const identify = (item: unknown): string =>
    JSON.stringify(keys.map((key) => (isObject(item) ? item[key] : undefined)));
  const before = new Map(
    (Array.isArray(old) && keys.length > 0 ? old : []).map((item) => [identify(item), item as unknown]),
  );
  return value.flatMap((item, i) => validateRules(items, item, before.get(identify(item)), `${path}[${i}]`));
}

const withRules = new WeakMap<Schema, boolean>();

/** Whether a schema has a rule anywhere, so that the walk can stop early. */
export function hasRules(schema: Schema): boolean {
  const known = withRules.get(schema);
  if (known !== undefined) return known;
  withRules.set(schema, false);
  const below = [
    ...Object.values(schema.properties ?? {}),
    ...(schema.items === undefined ? [] : [schema.items]),
    ...(typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : []),
  ];
  const result = (schema['x-kubernetes-validations'] ?? []).length > 0 || below.some(hasRules);
  withRules.set(schema, result);
  return result;
}

function check(
  schema: Schema,
  rule: ValidationRule,
  value: unknown,
  old: unknown,
  path: string,
): readonly Cause[] {
  const isTransition = /\boldSelf\b/.test(rule.rule);
  if (isTransition && old === undefined) return [];
  const self = celValue(schema, value);
  const problem = evaluate(rule.rule, isTransition ? { self, oldSelf: celValue(schema, old) } : { self });
  if (problem === undefined) return [];
  const text = problem === '' ? (rule.message ?? `failed rule: ${rule.rule}`) : problem;
  const field = rule.fieldPath === undefined ? path : `${path}${rule.fieldPath}`;
  const shown = JSON.stringify(typeNameOf(value));
  return [{ reason: rule.reason ?? 'FieldValueInvalid', field, message: `Invalid value: ${shown}: ${text}` }];
}

type Program = (variables: Record<string, unknown>) => unknown;

const environment = new Environment({ unlistedVariablesAreDyn: true });
const programs = new Map<string, Program>();

/** `undefined` when the rule holds, `''` when it does not, a text when it cannot be evaluated. */
function evaluate(rule: string, variables: Record<string, unknown>): string | undefined {
  try {
    const program = programs.get(rule) ?? environment.parse(rule);
    programs.set(rule, program);
    return program(variables) === true ? undefined : '';
  } catch (thrown) {
    // A rule that fails on a value refuses the value, as the API server does.
    return `rule evaluation error: ${thrown instanceof Error ? thrown.message : String(thrown)}: evaluating rule: ${rule}`;
  }
}

/** A JSON value as CEL sees it: whole numbers of integer fields are CEL's integers. */
function celValue(schema: Schema | undefined, value: unknown): unknown {
  if (typeof value === 'number' && schema?.type === 'integer') return BigInt(value);
  if (Array.isArray(value)) return value.map((item) => celValue(schema?.items, item));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, celValue(fieldSchema(schema, key), inner)]),
  );
}
