import type { UnknownObject } from '#api/k8s/meta.js';
import type { Schema } from './schema/schema.js';
import type { Cause } from './status.js';

/** A kind as the store serves it: names, schemas and the rules that are its own. */
export interface ResourceType {
  readonly group: string;
  /** Served versions, the preferred one first. */
  readonly versions: readonly string[];
  readonly kind: string;
  readonly listKind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  /** Objects of types with one key are the same objects (events of two groups). */
  readonly storageKey: string;
  /** The apiVersion in which objects are kept. */
  readonly storedApiVersion: string;
  /** Of the whole object in that version; what it does not name is dropped. */
  readonly schemaOf: (version: string) => Schema;
  readonly hasStatus: boolean;
  readonly scale?: ScalePaths;
  /** Other subresources, for discovery: `eviction`, `log`, `finalize`. */
  readonly otherSubresources: readonly string[];
  /** Verbs that the kind does not know, for instance all but create of a review. */
  readonly createOnly: boolean;
  readonly isCustom: boolean;
  /** Whether a write without resourceVersion may replace any version. */
  readonly allowsUnconditionalUpdate: boolean;
  /** Whether PUT creates what is not there. */
  readonly allowsCreateOnUpdate: boolean;
  /** Which change raises `metadata.generation`; `none` keeps no generation at all. */
  readonly generation: 'none' | 'spec' | 'notMetadataOrStatus';
  readonly columnsOf?: (version: string) => readonly PrinterColumn[];
  readonly rules: KindRules;
}

/** JSON paths (with a leading dot) that the scale subresource reads and writes. */
export interface ScalePaths {
  readonly specReplicasPath: string;
  readonly statusReplicasPath: string;
  /** Where the serialised selector, or a LabelSelector, stands. */
  readonly labelSelectorPath?: string;
}

/** One column of a CRD's printed table. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: string;
  readonly jsonPath: string;
  readonly format?: string;
  readonly description?: string;
  readonly priority?: number;
}

/** What a kind does beyond its schema. Every function is pure; an absent one means nothing special. */
export interface KindRules {
  /** Fills what the server fills on every write. */
  readonly applyDefaults?: (object: UnknownObject) => UnknownObject;
  /** Fills what needs the other objects, on create only (a Service's address). */
  readonly prepareCreate?: (object: UnknownObject, peers: () => readonly UnknownObject[]) => UnknownObject;
  /** Carries over what a write may not change or leave out. */
  readonly prepareUpdate?: (object: UnknownObject, old: UnknownObject) => UnknownObject;
  readonly validate?: (object: UnknownObject) => readonly Cause[];
  readonly validateUpdate?: (object: UnknownObject, old: UnknownObject) => readonly Cause[];
  /** Seconds that a deletion waits; absent or 0 means that it happens at once. */
  readonly gracePeriodOf?: (object: UnknownObject, asked: number | undefined) => number;
  /** Between the stored form and that of a served version. */
  readonly fromStored?: (object: UnknownObject, apiVersion: string) => UnknownObject;
  readonly toStored?: (object: UnknownObject) => UnknownObject;
}

/** A kind in the version that a request asks for. */
export interface Resource {
  readonly type: ResourceType;
  readonly version: string;
}

export function apiVersionOfResource(resource: Resource): string {
  const { group } = resource.type;
  return group === '' ? resource.version : `${group}/${resource.version}`;
}
