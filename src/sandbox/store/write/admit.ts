import type { UnknownObject } from '#api/k8s/meta.js';
import { isEqual } from '#core/json/json.js';
import { invalidValue } from '../causes.js';
import type { Resource } from '../resource-type.js';
import { hasRules, validateRules } from '../schema/cel.js';
import { validateSchema } from '../schema/validate.js';
import { invalid, type Cause } from '../status.js';
import { validateMetadata, validateMetadataUpdate } from './metadata.js';

/** Refuses an object that its kind does not allow. `old` is absent on creation. */
export function validate(resource: Resource, object: UnknownObject, old: UnknownObject | undefined): void {
  const { type, version } = resource;
  const { metadata: _metadata, ...rest } = object;
  const schema = type.schemaOf(version);
  const causes: Cause[] = [...validateMetadata(type, object)];
  if (type.isCustom) {
    const bySchema = validateSchema(schema, rest).filter((cause) => cause.field !== 'metadata');
    causes.push(...bySchema);
    if (bySchema.length === 0) causes.push(...validateRules(schema, object, old));
    else if (hasRules(schema)) causes.push(uncheckedRules);
  }
  causes.push(...(type.rules.validate?.(object) ?? []));
  if (old !== undefined) {
    causes.push(...validateMetadataUpdate(object, old));
    causes.push(...(type.rules.validateUpdate?.(object, old) ?? []));
  }
  if (causes.length > 0) throw invalid(type, object.metadata.name, causes);
}

const uncheckedRules = invalidValue(
  '<nil>',
  null,
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
);

/** Whether a write leaves the generation as it is. */
export function keepsGeneration(resource: Resource, next: UnknownObject, old: UnknownObject): boolean {
  switch (resource.type.generation) {
    case 'none':
      return true;
    case 'spec':
      return isEqual(next['spec'], old['spec']);
    case 'notMetadataOrStatus':
      return isEqual(significant(resource, next), significant(resource, old));
  }
}

function significant(resource: Resource, object: UnknownObject): unknown {
  const { metadata: _metadata, apiVersion: _apiVersion, status, ...rest } = object;
  return resource.type.hasStatus ? rest : { ...rest, status };
}
