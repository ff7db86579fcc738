import { Type, type SchemaOptions, type TSchema } from '@sinclair/typebox';
import type { IntOrString } from '../k8s/meta.js';

/** Keys of Kubernetes' schema dialect that JSON Schema does not have. */
export const keepUnknown = { 'x-kubernetes-preserve-unknown-fields': true } as const;

/** A whole number of 32 bits. */
export const int32 = (options: SchemaOptions = {}) => Type.Integer({ format: 'int32', ...options });

/** A whole number of 64 bits. */
export const int64 = (options: SchemaOptions = {}) => Type.Integer({ format: 'int64', ...options });

/** A number or a text such as `25%`; each field says what the text means. */
export const intOrString = (options: SchemaOptions = {}) =>
  Type.Unsafe<IntOrString>({
    anyOf: [{ type: 'integer' }, { type: 'string' }],
    'x-kubernetes-int-or-string': true,
    ...options,
  });

/** A moment as RFC 3339 text. */
export const time = (options: SchemaOptions = {}) => Type.String({ format: 'date-time', ...options });

/** Texts by name, as labels and annotations are. */
export const stringMap = () => Type.Record(Type.String(), Type.String());

/** One of a closed list of words. */
export const oneOf = <const Word extends string>(words: readonly Word[], options: SchemaOptions = {}) =>
  Type.Unsafe<Word>({ type: 'string', enum: [...words], ...options });

/** One of these words, which the API server does not check: what others may write, the controller judges. */
export const wordOf = <Word extends string>() => Type.Unsafe<Word>({ type: 'string' });

/** An object whose fields Sluice does not look into; all are kept. */
export const freeForm = () => Type.Unsafe<Record<string, unknown>>({ type: 'object', ...keepUnknown });

/** Any JSON value, kept as it is. */
export const anything = () => Type.Unsafe<unknown>({ ...keepUnknown });

/** Free-form objects by name. */
export const freeFormMap = () => Type.Record(Type.String(), freeForm());

/** A list that server-side apply merges by these fields of its items. */
export const listMap = <Item extends TSchema>(item: Item, keys: readonly string[]) =>
  Type.Array(item, { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': keys });

/** A CEL rule that the API server checks on every write; `self` is the value, `oldSelf` what it was. */
export interface CelRule {
  readonly rule: string;
  readonly message: string;
}

/** The option that puts CEL rules on a schema. */
export const celRules = (...rules: readonly CelRule[]) => ({ 'x-kubernetes-validations': [...rules] });
