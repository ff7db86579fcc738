import type { UnknownObject } from '#api/k8s/meta.js';
import type { Instant } from '#core/time/instant.js';
import type { Registry } from './registry.js';
import type { ApiResponse, User } from './request.js';
import { apiVersionOfResource, type Resource } from './resource-type.js';
import type { Change, Table } from './table.js';

/** All that a request is decided on: the stored state, the time and the settings. Nothing in it changes meanwhile. */
export interface View {
  readonly table: Pick<
    Table,
    | 'version'
    | 'get'
    | 'list'
    | 'listAt'
    | 'since'
    | 'byUid'
    | 'deleting'
    | 'dependentsOf'
    | 'ownerUids'
    | 'storageKeys'
  >;
  readonly registry: Pick<Registry, 'find' | 'findKind' | 'types'>;
  readonly now: Instant;
  readonly seed: string;
  readonly access: AccessControl;
}

/** Who may do what. The default lets everybody do everything and knows no token. */
export interface AccessControl {
  readonly authenticate: (token: string) => User | undefined;
  readonly authorize: (attributes: AccessAttributes) => {
    readonly allowed: boolean;
    readonly reason?: string;
  };
}

interface AccessAttributes {
  readonly user: User;
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** The answer to a request and the one change that it makes, if any. */
export interface Outcome {
  readonly response: ApiResponse;
  readonly change?: Change;
}

const presented = new WeakMap<UnknownObject, Map<string, UnknownObject>>();

/** A stored object as a version of its kind shows it; the same result for the same object. */
export function present(resource: Resource, stored: UnknownObject): UnknownObject {
  const apiVersion = apiVersionOfResource(resource);
  const { fromStored } = resource.type.rules;
  if (stored.apiVersion === apiVersion || fromStored === undefined) return stored;
  const forms = presented.get(stored) ?? new Map<string, UnknownObject>();
  presented.set(stored, forms);
  const known = forms.get(apiVersion);
  if (known !== undefined) return known;
  const form = Object.freeze(fromStored(stored, apiVersion));
  forms.set(apiVersion, form);
  return form;
}

/** The namespace as the table keys it. */
export function namespaceKey(resource: Resource, namespace: string | undefined): string {
  return resource.type.namespaced ? (namespace ?? '') : '';
}
