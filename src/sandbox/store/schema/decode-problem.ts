import { isObject } from '#core/json/json.js';
import { structNameOf } from '../builtin/definitions.js';
import { fieldSchema, type Schema } from './schema.js';
import { isOfType, typeNameOf } from './validate.js';

/**
 * Why a value cannot be decoded into a built-in kind, in the words of Go's JSON decoder; `undefined` when it can be.
 * Only types are looked at.
 */
export function decodeProblem(
  schema: Schema,
  value: unknown,
  struct: string,
  path: readonly string[] = [],
): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (schema['x-kubernetes-int-or-string'] === true)
    return typeof value === 'string' || typeof value === 'number'
      ? undefined
      : mismatch(schema, value, [struct, ...path].join('.'));
  if (schema.type !== undefined && !isOfType(schema.type, value))
    return mismatch(schema, value, [struct, ...path].join('.'));
  const owner = structNameOf(schema) ?? struct;
  const parts: readonly (readonly [Schema | undefined, unknown, readonly string[]])[] = Array.isArray(value)
    ? value.map((item) => [schema.items, item, path])
    : Object.entries(isObject(value) ? value : {}).map(([key, inner]) => [
        fieldSchema(schema, key),
        inner,
        [...path, key],
      ]);
  for (const [known, inner, at] of parts) {
    const problem = known === undefined ? undefined : decodeProblem(known, inner, owner, at);
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
