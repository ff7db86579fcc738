import type { TSchema } from '@sinclair/typebox';
import type { KindDefinition } from './definitions.js';
import { apiVersionOf, kinds } from './kinds.js';
import type { KubeObject } from './k8s/meta.js';
import { toStructural, type StructuralSchema } from './schema/structural.js';

/** The schema of a traffic router's part of the spec, by its key under `trafficRouting`. */
export type RouterSchemas = Readonly<Record<string, TSchema>>;

export interface CustomResourceDefinition extends KubeObject {
  readonly spec: Readonly<Record<string, unknown>>;
}

/**
 * The CustomResourceDefinition of a kind. Routers that have a schema in `routers` are checked by it; of the others the
 * known fields are checked and all others kept.
 */
export function buildCrd(definition: KindDefinition, routers: RouterSchemas = {}): CustomResourceDefinition {
  const { kind, annotations } = definition;
  return {
    apiVersion: apiVersionOf(kinds.customResourceDefinition),
    kind: kinds.customResourceDefinition.kind,
    metadata: {
      name: `${kind.plural}.${kind.group}`,
      labels: { 'app.kubernetes.io/part-of': 'sluice' },
      ...(annotations === undefined ? {} : { annotations }),
    },
    spec: {
      group: kind.group,
      names: {
        ...(definition.categories.length === 0 ? {} : { categories: definition.categories }),
        kind: kind.kind,
        listKind: `${kind.kind}List`,
        plural: kind.plural,
        shortNames: definition.shortNames,
        singular: kind.kind.toLowerCase(),
      },
      scope: kind.namespaced ? 'Namespaced' : 'Cluster',
      versions: [
        {
          name: kind.version,
          served: true,
          storage: true,
          additionalPrinterColumns: definition.columns,
          schema: { openAPIV3Schema: objectSchema(definition, routers) },
          ...subresources(definition),
        },
      ],
    },
  };
}

/** The whole schema of an object of the kind, `apiVersion`, `kind` and `metadata` included. */
export function objectSchema(definition: KindDefinition, routers: RouterSchemas = {}): StructuralSchema {
  const { properties } = definition.schema;
  const inner = Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, withRouters(toStructural(schema), routers)]),
  );
  return {
    type: 'object',
    required: ['spec'],
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object' },
      ...inner,
    },
  };
}

function subresources(definition: KindDefinition): StructuralSchema {
  const parts = {
    ...(definition.scale === undefined ? {} : { scale: definition.scale }),
    ...(definition.hasStatus ? { status: {} } : {}),
  };
  return Object.keys(parts).length === 0 ? {} : { subresources: parts };
}

/** Puts the routers' own schemas in the place of the general ones, wherever `trafficRouting` is. */
function withRouters(schema: StructuralSchema, routers: RouterSchemas): StructuralSchema {
  return replaceIn(schema, ['strategy', 'canary', 'trafficRouting'], (routing) => {
    const own = Object.entries(routers).map(([id, router]) => [id, toStructural(router)]);
    return { ...routing, properties: { ...asObject(routing['properties']), ...Object.fromEntries(own) } };
  });
}

function replaceIn(
  schema: StructuralSchema,
  path: readonly string[],
  replace: (schema: StructuralSchema) => StructuralSchema,
): StructuralSchema {
  const [name, ...rest] = path;
  if (name === undefined) return replace(schema);
  const properties = asObject(schema['properties']);
  if (properties[name] === undefined) return schema;
  return {
    ...schema,
    properties: { ...properties, [name]: replaceIn(asObject(properties[name]), rest, replace) },
  };
}

function asObject(value: unknown): StructuralSchema {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
