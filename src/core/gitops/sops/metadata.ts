import { isObject, type JsonObject } from '#core/json/json.js';
import { numberAt, objectAt, objectsAt, textAt } from '#core/json/read.js';

/** Key services, by the names that SOPS gives them. */
const keyServices = ['kms', 'gcp_kms', 'azure_kv', 'hc_vault', 'hckms'] as const;
export type KeyService = (typeof keyServices)[number];

/** A data key that a key service has sealed. */
export interface ServiceKey {
  readonly service: KeyService;
  /** Which key of the service, as SOPS notes it: `arn`, `role` and `context`, `resource_id`, `vault_url` and the like. */
  readonly key: JsonObject;
  /** The sealed data key as the service gave it out. */
  readonly sealed: string;
}

/** Keys of which any one opens the same. */
export interface KeyGroup {
  /** Armored files of age, each for one recipient. */
  readonly age: readonly string[];
  /** Armored messages of OpenPGP. */
  readonly pgp: readonly string[];
  readonly services: readonly ServiceKey[];
}

/** What SOPS notes beside encrypted values: whose keys open the data key. */
export interface SopsMetadata {
  /** One opens the data key itself; of several each opens a part of it. */
  readonly groups: readonly KeyGroup[];
  /** So many parts make the data key. */
  readonly threshold: number;
}

/** The metadata of a tree; `undefined` when it is not encrypted. */
export function sopsMetadata(tree: unknown): SopsMetadata | undefined {
  if (!isObject(tree) || !isObject(tree['sops'])) return undefined;
  const sops = objectAt(tree, 'sops');
  if (textAt(sops, 'mac') === undefined) return undefined;
  const parts = objectsAt(sops, 'key_groups').map(groupOf);
  const groups = parts.length > 0 ? parts : [groupOf(sops)];
  const threshold = numberAt(sops, 'shamir_threshold') ?? Number(textAt(sops, 'shamir_threshold') ?? 0);
  return { groups, threshold: groups.length === 1 ? 1 : threshold || groups.length };
}

function groupOf(group: JsonObject): KeyGroup {
  const sealed = (name: string) => objectsAt(group, name).flatMap((each) => textAt(each, 'enc') ?? []);
  return {
    age: sealed('age'),
    pgp: sealed('pgp'),
    services: keyServices.flatMap((service) => objectsAt(group, service).flatMap(serviceKey(service))),
  };
}

function serviceKey(service: KeyService) {
  return ({ enc, created_at: _made, ...key }: JsonObject): readonly ServiceKey[] =>
    typeof enc === 'string' ? [{ service, key, sealed: enc }] : [];
}

/** A key of a service in words: the service and where the key is. */
export function serviceKeyText({ service, key }: ServiceKey): string {
  const fields = [
    'arn',
    'resource_id',
    'key_id',
    'vault_url',
    'name',
    'vault_address',
    'engine_path',
    'key_name',
  ];
  return [service, ...fields.flatMap((field) => textAt(key, field) ?? [])].join(' ');
}
