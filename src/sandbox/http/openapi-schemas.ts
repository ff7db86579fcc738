import { isObject, type JsonObject } from '#core/json/json.js';
import { builtinDefinitions, definitionNameOf, objectMetaName } from '#sandbox/store/builtin/definitions.js';
import type { ResourceType } from '#sandbox/store/resource-type.js';

/** Where references of one OpenAPI version point. */
export type ReferencePrefix = '#/definitions/' | '#/components/schemas/';

/** The name under which the schema of a kind is published. */
export function schemaNameOf(type: ResourceType, version: string): string {
  const builtin = type.isCustom ? undefined : definitionNameOf(type.group, version, type.kind);
  return builtin ?? [...type.group.split('.').reverse(), version, type.kind].join('.');
}

/** The schemas of some kinds in one version, with everything that they refer to. */
export function schemasOf(
  types: readonly ResourceType[],
  version: string,
  prefix: ReferencePrefix,
): JsonObject {
  const result: Record<string, unknown> = {};
  const definitions = builtinDefinitions();
  const add = (name: string): void => {
    const definition = definitions[name];
    if (definition === undefined || result[name] !== undefined) return;
    result[name] = withReferences(definition, prefix);
    for (const inner of referencesIn(definition)) add(inner);
  };
  for (const type of types) {
    if (type.isCustom) {
      result[schemaNameOf(type, version)] = customSchema(type, version, prefix);
      add(objectMetaName);
    } else add(schemaNameOf(type, version));
  }
  return result;
}

function customSchema(type: ResourceType, version: string, prefix: ReferencePrefix): JsonObject {
  const schema = type.schemaOf(version);
  const metadata = {
    description: "Standard object's metadata.",
    ...reference(objectMetaName, prefix),
  };
  return {
    ...schema,
    properties: { ...schema.properties, metadata },
    'x-kubernetes-group-version-kind': [{ group: type.group, version, kind: type.kind }],
  };
}

/** A reference may have siblings in version 2; version 3 wraps it. */
function reference(name: string, prefix: ReferencePrefix): JsonObject {
  const $ref = prefix + name;
  return prefix === '#/definitions/' ? { $ref } : { allOf: [{ $ref }] };
}

const source = '#/definitions/';

function withReferences(value: unknown, prefix: ReferencePrefix): unknown {
  if (prefix === source) return value;
  if (Array.isArray(value)) return value.map((item) => withReferences(item, prefix));
  if (!isObject(value)) return value;
  const { $ref, ...rest } = value;
  if (typeof $ref !== 'string') return mapFields(value, prefix);
  const name = $ref.slice(source.length);
  return Object.keys(rest).length === 0
    ? { $ref: prefix + name }
    : { ...mapFields(rest, prefix), ...reference(name, prefix) };
}

function mapFields(value: JsonObject, prefix: ReferencePrefix): JsonObject {
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, withReferences(inner, prefix)]),
  );
}

function referencesIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' ? [inner.slice(source.length)] : referencesIn(inner),
  );
}
