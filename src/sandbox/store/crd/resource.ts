import type { UnknownObject } from '#api/k8s/meta.js';
import { isObject, type JsonObject } from '#core/json/json.js';
import { builtinSchema, objectMetaName } from '../builtin/definitions.js';
import type { PrinterColumn, ResourceType, ScalePaths } from '../resource-type.js';
import type { Schema } from '../schema/schema.js';

interface CrdVersion {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly schema?: { readonly openAPIV3Schema?: Schema };
  readonly subresources?: { readonly status?: JsonObject; readonly scale?: ScalePaths };
  readonly additionalPrinterColumns?: readonly PrinterColumn[];
}

interface CrdSpec {
  readonly group: string;
  readonly scope: string;
  readonly names: {
    readonly kind: string;
    readonly plural: string;
    readonly listKind?: string;
    readonly singular?: string;
    readonly shortNames?: readonly string[];
    readonly categories?: readonly string[];
  };
  readonly versions: readonly CrdVersion[];
}

/** The spec of a CRD that has passed validation. */
export function crdSpecOf(crd: UnknownObject): CrdSpec {
  return crd['spec'] as CrdSpec;
}

/** What a CRD makes the server serve. */
export function resourceOfCrd(crd: UnknownObject): ResourceType {
  const spec = crdSpecOf(crd);
  const served = spec.versions.filter((v) => v.served).sort((a, b) => comparePriority(a.name, b.name));
  const stored = spec.versions.find((v) => v.storage) ?? served[0];
  const scale = stored?.subresources?.scale;
  const hasStatus = stored?.subresources?.status !== undefined;
  const columns = new Map(served.map((v) => [v.name, v.additionalPrinterColumns ?? [ageColumn]]));
  const schemas = new Map(spec.versions.map((v) => [v.name, rootSchema(v.schema?.openAPIV3Schema ?? {})]));
  return {
    group: spec.group,
    versions: served.map((v) => v.name),
    kind: spec.names.kind,
    listKind: spec.names.listKind ?? `${spec.names.kind}List`,
    plural: spec.names.plural,
    singular: spec.names.singular ?? spec.names.kind.toLowerCase(),
    shortNames: spec.names.shortNames ?? [],
    categories: spec.names.categories ?? [],
    namespaced: spec.scope === 'Namespaced',
    storageKey: `${spec.names.plural}.${spec.group}`,
    storedApiVersion: `${spec.group}/${stored?.name ?? ''}`,
    schemaOf: (version) => schemas.get(version) ?? {},
    hasStatus,
    ...(scale === undefined ? {} : { scale }),
    otherSubresources: [],
    createOnly: false,
    isCustom: true,
    allowsUnconditionalUpdate: false,
    allowsCreateOnUpdate: false,
    generation: 'notMetadataOrStatus',
    columnsOf: (version) => columns.get(version) ?? [ageColumn],
    rules: {
      fromStored: (object, apiVersion) => ({ ...object, apiVersion }),
      toStored: (object) => ({ ...object, apiVersion: `${spec.group}/${stored?.name ?? ''}` }),
    },
  };
}

const ageColumn: PrinterColumn = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };

function rootSchema(declared: Schema): Schema {
  const own = { ...declared.properties };
  return {
    ...declared,
    type: 'object',
    properties: {
      ...own,
      apiVersion: { type: 'string', ...own['apiVersion'] },
      kind: { type: 'string', ...own['kind'] },
      metadata: builtinSchema(objectMetaName),
    },
  };
}

/** Kubernetes' order of versions: stable before beta before alpha, then the greater number first. */
export function comparePriority(a: string, b: string): number {
  const [left, right] = [parseVersion(a), parseVersion(b)];
  if (left === undefined || right === undefined)
    return left === right ? a.localeCompare(b) : left === undefined ? 1 : -1;
  return right.stability - left.stability || right.major - left.major || right.minor - left.minor;
}

function parseVersion(text: string): { stability: number; major: number; minor: number } | undefined {
  const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(text);
  if (match === null) return undefined;
  const stability = match[2] === undefined ? 2 : match[2] === 'beta' ? 1 : 0;
  return { stability, major: Number(match[1]), minor: Number(match[3] ?? 0) };
}

/** Whether a value could be read as a CRD spec at all. */
export function isCrdSpec(value: unknown): value is CrdSpec {
  return isObject(value) && isObject(value['names']) && Array.isArray(value['versions']);
}
