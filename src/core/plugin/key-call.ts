import type { ServiceKey } from '#core/gitops/sops/metadata.js';
import { isObject } from '#core/json/json.js';
import { textAt } from '#core/json/read.js';
import type { PluginEntry } from './config.js';

/** What a key plugin is told. */
export interface KeyCall {
  readonly name: string;
  readonly key: ServiceKey;
  /** Of the Secret that the Kustomization names, for this service; absent: it has none. */
  readonly credentials?: string;
  /** Who asks, where the Kustomization names an account. */
  readonly account?: KeyAccount;
}

/** A ServiceAccount, with a token for the audiences of the plugin. */
export interface KeyAccount {
  readonly namespace: string;
  readonly name: string;
  readonly annotations: Readonly<Record<string, string>>;
  /** Absent when the plugin is configured without audiences. */
  readonly token?: string;
}

/** The plugin that opens keys of a service: the first that says so. */
export function keyPluginFor(
  entries: readonly PluginEntry[],
  service: ServiceKey['service'],
): PluginEntry | undefined {
  return entries.find(({ disabled, services }) => !disabled && (services?.includes(service) ?? true));
}

/** The parameters of the request. */
export function keyParams({ name, key: { service, key, sealed }, credentials, account }: KeyCall): object {
  return {
    plugin: name,
    service,
    key,
    sealed,
    ...(credentials === undefined ? {} : { credentials }),
    ...(account === undefined ? {} : { account }),
  };
}

/** The data key in base64, or why the answer has none. */
export type KeyResult =
  { readonly ok: true; readonly dataKey: string } | { readonly ok: false; readonly message: string };

/** Reads the result of `key.unseal`. */
export function parseKeyResult(result: unknown): KeyResult {
  const dataKey = isObject(result) ? textAt(result, 'dataKey') : undefined;
  if (dataKey !== undefined && isDataKey(dataKey)) return { ok: true, dataKey };
  return { ok: false, message: 'the answer of the plugin has no "dataKey" of 32 bytes in base64' };
}

/** Whether this is a data key of SOPS in base64: 32 bytes, and one more when it is a part of one. */
export function isDataKey(text: string): boolean {
  return /^[A-Za-z\d+/]{43}=$|^[A-Za-z\d+/]{44}$/.test(text);
}

/** A text without the secrets that went along, in case somebody repeats them. */
export function withoutSecrets(text: string, secrets: readonly (string | undefined)[]): string {
  const shown = secrets.flatMap((secret) => secret?.trim() ?? []).filter((secret) => secret.length >= 4);
  return shown.reduce((masked, secret) => masked.replaceAll(secret, '***'), text);
}
