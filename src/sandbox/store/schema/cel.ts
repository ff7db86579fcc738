import type { UnknownObject } from '#api/k8s/meta.js';
import type { Cause } from '../status.js';
import type { Schema } from './schema.js';

/** Violations of the CEL rules of a schema. */
export function validateTransitions(
  _schema: Schema,
  _object: UnknownObject,
  _old: UnknownObject | undefined,
): readonly Cause[] {
  return [];
}
