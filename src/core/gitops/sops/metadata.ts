import { isObject, type JsonObject } from '#core/json/json.js';
import { objectAt, objectsAt, textAt } from '#core/json/read.js';

/** What SOPS notes beside encrypted values: whose keys open the data key. */
export interface SopsMetadata {
  /** Armored files of age, each for one recipient. */
  readonly age: readonly string[];
  /** Armored messages of OpenPGP. */
  readonly pgp: readonly string[];
  /** Key services by the names of SOPS, which are not served. */
  readonly services: readonly string[];
}

const services = ['kms', 'gcp_kms', 'azure_kv', 'hc_vault', 'hckms'];

/** The metadata of a tree; `undefined` when it is not encrypted. */
export function sopsMetadata(tree: unknown): SopsMetadata | undefined {
  if (!isObject(tree) || !isObject(tree['sops'])) return undefined;
  const sops = objectAt(tree, 'sops');
  if (textAt(sops, 'mac') === undefined) return undefined;
  const groups = [sops, ...objectsAt(sops, 'key_groups')];
  const all = (name: string): readonly JsonObject[] => groups.flatMap((group) => objectsAt(group, name));
  const sealed = (name: string) => all(name).flatMap((each) => textAt(each, 'enc') ?? []);
  return {
    age: sealed('age'),
    pgp: sealed('pgp'),
    services: services.filter((name) => all(name).length > 0),
  };
}
