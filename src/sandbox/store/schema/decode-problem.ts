import { isObject } from '#core/json/json.js';
import { fieldSchema, type Schema } from './schema.js';
import { isOfType, typeNameOf } from './validate.js';

/**
 * Why a value cannot be decoded into a built-in kind, in the words of Go's JSON decoder; `undefined` when it can be.
 * Only types are looked at.
 */
export function decodeProblem(schema: Schema, value: unknown, path: string): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (schema['x-kubernetes-int-or-string'] === true)
    return typeof value === 'string' || typeof value === 'number' ? undefined : mismatch(schema, value, path);
  if (schema.type !== undefined && !isOfType(schema.type, value)) return mismatch(schema, value, path);
  if (Array.isArray(value)) return firstProblem(value.map((item) => [schema.items, item, path]));
  if (!isObject(value)) return undefined;
  return firstProblem(
    Object.entries(value).map(([key, inner]) => [fieldSchema(schema, key), inner, `${path}.${key}`]),
  );
}

function firstProblem(
  parts: readonly (readonly [Schema | undefined, unknown, string])[],
): string | undefined {
  for (const [schema, value, path] of parts) {
    const problem = schema === undefined ? undefined : decodeProblem(schema, value, path);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function mismatch(schema: Schema, value: unknown, path: string): string {
  const actual = typeNameOf(value);
  const name = actual === 'integer' ? 'number' : actual === 'boolean' ? 'bool' : actual;
  return `json: cannot unmarshal ${name} into Go struct field ${path} of type ${goTypeOf(schema)}`;
}

function goTypeOf(schema: Schema): string {
  switch (schema.type) {
    case 'integer':
      return schema.format ?? 'int32';
    case 'boolean':
      return 'bool';
    case 'array':
      return `[]${schema.items?.type ?? 'object'}`;
    case undefined:
      return 'object';
    default:
      return schema.type;
  }
}
