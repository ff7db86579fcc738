import type { PodTemplateSpec } from '#api/k8s/core-kinds.js';
import { isObject, type JsonObject } from '#core/json/json.js';
import type { GoField } from '#core/template-hash/field-table.js';
import { podTemplateFields } from '#core/template-hash/pod-template-fields.js';
import { structDefaults } from './struct-defaults.js';

/**
 * The template as the API server stores it in a ReplicaSet: what was left out is filled in, what was given stays.
 * Doing it twice is the same as once.
 */
export function withPodDefaults(template: PodTemplateSpec): JsonObject {
  return fillStruct('PodTemplateSpec', { ...template });
}

function fillStruct(struct: string, value: JsonObject): JsonObject {
  const filled: Record<string, unknown> = { ...value };
  const fields = podTemplateFields.get(struct) ?? [];
  for (const field of fields) {
    if (isAbsent(field, filled[field.name])) {
      const standard = structDefaults[struct]?.[field.name] ?? computedDefault(struct, field.name, value);
      if (standard !== undefined) filled[field.name] = standard;
    } else if (field.type !== undefined && podTemplateFields.has(field.type)) {
      filled[field.name] = fillValue(field.type, filled[field.name]);
    }
  }
  return filled;
}

function fillValue(struct: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => fillValue(struct, item));
  return isObject(value) ? fillStruct(struct, value) : value;
}

/** A zero value counts as absent where Go cannot tell them apart. */
function isAbsent(field: GoField, value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return !field.pointer && (value === '' || value === 0);
}

function computedDefault(struct: string, field: string, value: JsonObject): unknown {
  switch (`${struct}.${field}`) {
    case 'Container.imagePullPolicy':
    case 'EphemeralContainer.imagePullPolicy':
      return pullPolicyOf(value['image']);
    case 'ImageVolumeSource.pullPolicy':
      return pullPolicyOf(value['reference']);
    case 'Volume.emptyDir':
      return Object.keys(value).every((key) => key === 'name') ? {} : undefined;
    default:
      return undefined;
  }
}

/** `Always` for an image that may change under its name: tagged `latest`, or neither tag nor digest. */
function pullPolicyOf(image: unknown): string {
  const [name = '', digest] = typeof image === 'string' ? image.split('@') : [];
  const tag = /:([^/:]+)$/.exec(name)?.[1];
  const isLatest = name !== '' && (tag === 'latest' || (tag === undefined && digest === undefined));
  return isLatest ? 'Always' : 'IfNotPresent';
}
