import { isEqual, isObject, type JsonObject } from '#core/json/json.js';
import { duplicateValue, invalidValue, requiredValue, unsupportedValue } from '../causes.js';
import type { Cause } from '../status.js';
import { fieldSchema, type Schema } from './schema.js';

/** Every violation of a schema, each with its path, in the API server's words. */
export function validateSchema(schema: Schema, value: unknown, path = ''): readonly Cause[] {
  const wrongType = typeProblem(schema, value, path);
  if (wrongType !== undefined) return [wrongType];
  return [
    ...validateEnum(schema, value, path),
    ...validateScalar(schema, value, path),
    ...(Array.isArray(value) ? validateList(schema, value, path) : []),
    ...(isObject(value) ? validateObject(schema, value, path) : []),
    ...validateCombinations(schema, value, path),
  ];
}

const inBody = (path: string): string => `${path === '' ? '<nil>' : path} in body`;

function typeProblem(schema: Schema, value: unknown, path: string): Cause | undefined {
  if (value === null && schema.nullable === true) return undefined;
  if (schema['x-kubernetes-int-or-string'] === true) {
    if (typeof value === 'string' || Number.isInteger(value)) return undefined;
    return typeCause(path, value, 'integer,string');
  }
  if (schema.type === undefined || isOfType(schema.type, value)) return undefined;
  return typeCause(path, value, schema.type);
}

function typeCause(path: string, value: unknown, wanted: string): Cause {
  const actual = typeNameOf(value);
  const message = `Invalid value: ${JSON.stringify(actual)}: ${inBody(path)} must be of type ${wanted}: ${JSON.stringify(actual)}`;
  return { reason: 'FieldValueTypeInvalid', field: path, message };
}

/** The JSON type as messages name it. */
export function typeNameOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

/** Whether a JSON value is of a JSON schema type; whole numbers are integers and numbers. */
export function isOfType(type: string, value: unknown): boolean {
  const actual = typeNameOf(value);
  return actual === type || (type === 'number' && actual === 'integer');
}

function validateEnum(schema: Schema, value: unknown, path: string): readonly Cause[] {
  if (schema.enum === undefined || schema.enum.some((one) => isEqual(one, value))) return [];
  if (value === null && schema.nullable === true) return [];
  return [unsupportedValue(path, value, schema.enum)];
}

function validateScalar(schema: Schema, value: unknown, path: string): readonly Cause[] {
  if (typeof value === 'string') return validateText(schema, value, path);
  return typeof value === 'number' ? validateNumber(schema, value, path) : [];
}

function validateText(schema: Schema, value: string, path: string): readonly Cause[] {
  const causes: Cause[] = [];
  const length = Array.from(value).length;
  if (schema.minLength !== undefined && length < schema.minLength)
    causes.push(
      invalidValue(path, value, `${inBody(path)} should be at least ${schema.minLength} chars long`),
    );
  if (schema.maxLength !== undefined && length > schema.maxLength)
    causes.push({
      reason: 'FieldValueTooLong',
      field: path,
      message: `Too long: may not be more than ${schema.maxLength} bytes`,
    });
  if (schema.pattern !== undefined && !patternOf(schema.pattern).test(value))
    causes.push(invalidValue(path, value, `${inBody(path)} should match '${schema.pattern}'`));
  if (schema.format === 'date-time' && Number.isNaN(Date.parse(value)))
    causes.push(
      invalidValue(path, value, `${inBody(path)} must be of type date-time: ${JSON.stringify(value)}`),
    );
  return causes;
}

const patterns = new Map<string, RegExp>();

function patternOf(text: string): RegExp {
  const known = patterns.get(text);
  if (known !== undefined) return known;
  const pattern = new RegExp(text.replace(/^\(\?s\)/, ''), text.startsWith('(?s)') ? 'su' : 'u');
  patterns.set(text, pattern);
  return pattern;
}

function validateNumber(schema: Schema, value: number, path: string): readonly Cause[] {
  const causes: Cause[] = [];
  const { minimum, maximum, multipleOf } = schema;
  const orEqual = (exclusive: boolean | undefined): string => (exclusive === true ? '' : ' or equal to');
  const isBelow =
    minimum !== undefined && (schema.exclusiveMinimum === true ? value <= minimum : value < minimum);
  const isAbove =
    maximum !== undefined && (schema.exclusiveMaximum === true ? value >= maximum : value > maximum);
  if (isBelow) {
    const than = `${schema.exclusiveMinimum === true ? ' than' : ` than${orEqual(false)}`} ${minimum}`;
    causes.push(invalidValue(path, value, `${inBody(path)} should be greater${than}`));
  }
  if (isAbove) {
    const than = `${schema.exclusiveMaximum === true ? ' than' : ` than${orEqual(false)}`} ${maximum}`;
    causes.push(invalidValue(path, value, `${inBody(path)} should be less${than}`));
  }
  if (multipleOf !== undefined && !Number.isInteger(value / multipleOf))
    causes.push(invalidValue(path, value, `${inBody(path)} should be a multiple of ${multipleOf}`));
  return causes;
}

function validateList(schema: Schema, value: readonly unknown[], path: string): readonly Cause[] {
  const causes: Cause[] = [];
  if (schema.minItems !== undefined && value.length < schema.minItems)
    causes.push(
      invalidValue(path, value.length, `${inBody(path)} should have at least ${schema.minItems} items`),
    );
  if (schema.maxItems !== undefined && value.length > schema.maxItems)
    causes.push({
      reason: 'FieldValueTooMany',
      field: path,
      message: `Too many: ${value.length}: must have at most ${schema.maxItems} items`,
    });
  causes.push(...validateUniqueness(schema, value, path));
  const { items } = schema;
  if (items !== undefined)
    value.forEach((item, i) => causes.push(...validateSchema(items, item, `${path}[${i}]`)));
  return causes;
}

function validateUniqueness(schema: Schema, value: readonly unknown[], path: string): readonly Cause[] {
  const listType = schema['x-kubernetes-list-type'];
  if (listType !== 'set' && listType !== 'map') return [];
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const seen = new Set<string>();
  return value.flatMap((item, i) => {
    const identity = listType === 'set' || !isObject(item) ? item : pick(item, keys);
    const text = JSON.stringify(identity);
    if (seen.has(text)) return [duplicateValue(`${path}[${i}]`, identity)];
    seen.add(text);
    return [];
  });
}

function pick(value: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(keys.filter((key) => value[key] !== undefined).map((key) => [key, value[key]]));
}

function validateObject(schema: Schema, value: JsonObject, path: string): readonly Cause[] {
  const at = (key: string): string => (path === '' ? key : `${path}.${key}`);
  const causes: Cause[] = [];
  for (const key of schema.required ?? []) {
    if (value[key] === undefined) causes.push(requiredValue(at(key)));
  }
  const count = Object.keys(value).length;
  if (schema.minProperties !== undefined && count < schema.minProperties)
    causes.push(
      invalidValue(path, count, `${inBody(path)} should have at least ${schema.minProperties} properties`),
    );
  if (schema.maxProperties !== undefined && count > schema.maxProperties)
    causes.push({
      reason: 'FieldValueTooMany',
      field: path,
      message: `Too many: ${count}: must have at most ${schema.maxProperties} items`,
    });
  for (const [key, inner] of Object.entries(value)) {
    const known = fieldSchema(schema, key);
    if (known !== undefined) causes.push(...validateSchema(known, inner, at(key)));
  }
  return causes;
}

function validateCombinations(schema: Schema, value: unknown, path: string): readonly Cause[] {
  const failures = (one: Schema): readonly Cause[] => validateSchema(one, value, path);
  const causes: Cause[] = [];
  const refuse = (why: string, best: readonly Cause[] = []): number =>
    causes.push(invalidValue('<nil>', '', `${JSON.stringify(path)} ${why}`), ...best);
  const alternatives = schema.oneOf?.map(failures);
  const matching = alternatives?.filter((one) => one.length === 0).length;
  if (matching === 0)
    refuse('must validate one and only one schema (oneOf). Found none valid', alternatives?.[0]);
  else if (matching !== undefined && matching > 1)
    refuse(`must validate one and only one schema (oneOf). Found ${matching} valid alternatives`);
  const any = schema.anyOf?.map(failures);
  if (any?.every((one) => one.length > 0) === true)
    refuse('must validate at least one schema (anyOf)', any[0]);
  const all = schema.allOf?.flatMap(failures) ?? [];
  if (all.length > 0) refuse('must validate all the schemas (allOf)', all);
  if (schema.not !== undefined && failures(schema.not).length === 0)
    refuse('must not validate the schema (not)');
  return causes;
}
