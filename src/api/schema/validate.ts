import { Ajv, type ErrorObject } from 'ajv';
import type { StructuralSchema } from './structural.js';

/** What does not fit the schema, and where: `spec.replicas`. */
export interface SchemaProblem {
  readonly path: string;
  readonly message: string;
}

/** Tells what does not fit; empty when all does. The value is never changed, and unknown fields are no problem. */
export type Validator = (value: unknown) => readonly SchemaProblem[];

/** Compiles a schema once; the validator is then cheap. */
export function compileValidator(schema: StructuralSchema): Validator {
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    formats: { int32: true, int64: true, 'date-time': (text) => !Number.isNaN(Date.parse(text)) },
  });
  const validate = ajv.compile(schema);
  return (value) => (validate(value) ? [] : (validate.errors ?? []).map(toProblem));
}

function toProblem(error: ErrorObject): SchemaProblem {
  const path = error.instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((whole, part) => (/^\d+$/.test(part) ? `${whole}[${part}]` : `${whole}.${part}`), '');
  const words: unknown = error.params['allowedValues'];
  const allowed = Array.isArray(words) ? `: ${words.join(', ')}` : '';
  return { path: path.slice(1), message: `${error.message ?? 'is invalid'}${allowed}` };
}
