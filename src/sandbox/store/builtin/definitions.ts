import { gunzipSync } from 'node:zlib';
import type { Schema } from '../schema/schema.js';
import { packedDefinitions } from './definitions-data.js';

/** An OpenAPI v2 definition as Kubernetes publishes it, with its references as they stand. */
export interface Definition {
  readonly description?: string;
  readonly 'x-kubernetes-group-version-kind'?: readonly GroupVersionKind[];
  readonly [key: string]: unknown;
}

interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

let definitions: Readonly<Record<string, Definition>> | undefined;
let linked: ReadonlyMap<string, Schema> | undefined;

/** Every definition of the built-in kinds by its full name, `io.k8s.api.core.v1.Pod`. */
export function builtinDefinitions(): Readonly<Record<string, Definition>> {
  definitions ??= JSON.parse(
    gunzipSync(Buffer.from(packedDefinitions, 'base64')).toString('utf8'),
  ) as Readonly<Record<string, Definition>>;
  return definitions;
}

/** The linked schema of a built-in definition; throws when there is none of that name. */
export function builtinSchema(name: string): Schema {
  linked ??= linkAll(builtinDefinitions());
  const schema = linked.get(name);
  if (schema === undefined) throw new Error(`no built-in definition ${name}`);
  return schema;
}

/** The full name of the definition of a built-in kind; `undefined` when it is not built in. */
export function definitionNameOf(group: string, version: string, kind: string): string | undefined {
  namesByKind ??= indexKinds();
  return namesByKind.get(`${group}/${version}/${kind}`);
}

let namesByKind: ReadonlyMap<string, string> | undefined;

function indexKinds(): ReadonlyMap<string, string> {
  const index = new Map<string, string>();
  for (const [name, definition] of Object.entries(builtinDefinitions())) {
    const own = definition['x-kubernetes-group-version-kind'] ?? [];
    for (const { group, version, kind } of own)
      if (name.endsWith(`.${kind}`)) index.set(`${group}/${version}/${kind}`, name);
  }
  return index;
}

const names = new WeakMap<Schema, string>();

/** The full name of the definition that a linked schema is; `undefined` for parts of one. */
export function definitionOf(schema: Schema): string | undefined {
  return names.get(schema);
}

/** The Go type that a linked schema stands for, `DeploymentSpec`; `undefined` for parts of one. */
export function structNameOf(schema: Schema): string | undefined {
  const name = names.get(schema);
  return name?.slice(name.lastIndexOf('.') + 1);
}

export const objectMetaName = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

function linkAll(source: Readonly<Record<string, Definition>>): ReadonlyMap<string, Schema> {
  const targets = new Map<string, Record<string, unknown>>();
  for (const name of Object.keys(source)) {
    const target = {};
    targets.set(name, target);
    names.set(target, name);
  }
  for (const [name, definition] of Object.entries(source)) {
    Object.assign(targets.get(name) ?? {}, linkSchema(definition, targets), special[name]);
  }
  for (const name of ['io.k8s.api.core.v1.ContainerPort', 'io.k8s.api.core.v1.ServicePort']) {
    const port = targets.get(name) as { properties: Record<string, Schema> };
    port.properties['protocol'] = { ...port.properties['protocol'], default: 'TCP' };
  }
  return targets;
}

/** What the published definitions leave to Go's own decoders. */
const special: Readonly<Record<string, Schema>> = {
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': { 'x-kubernetes-int-or-string': true },
  'io.k8s.apimachinery.pkg.api.resource.Quantity': { 'x-kubernetes-int-or-string': true },
};

function linkSchema(value: unknown, targets: ReadonlyMap<string, Record<string, unknown>>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const source = value as Record<string, unknown>;
  if (typeof source['$ref'] === 'string') return targets.get(source['$ref'].slice('#/definitions/'.length));
  const result: Record<string, unknown> = { ...source };
  if (isRecord(source['properties'])) {
    result['properties'] = Object.fromEntries(
      Object.entries(source['properties']).map(([key, inner]) => [key, linkSchema(inner, targets)]),
    );
  }
  for (const key of ['items', 'additionalProperties']) {
    if (isRecord(source[key])) result[key] = linkSchema(source[key], targets);
  }
  const isOpen = source['properties'] === undefined && source['additionalProperties'] === undefined;
  if (isOpen && (source['type'] === 'object' || source['type'] === undefined))
    result['x-kubernetes-preserve-unknown-fields'] = true;
  return result;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
