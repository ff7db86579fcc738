import type { ServiceKey } from '#core/gitops/sops/metadata.js';
import {
  keyParams,
  keyPluginFor,
  parseKeyResult,
  withoutSecrets,
  type KeyAccount,
} from '#core/plugin/key-call.js';
import { pluginConfigMap, type PluginEntry } from '#core/plugin/config.js';
import { AppError } from '#ports/errors.js';
import type { Plugins } from '#ports/plugin-host.js';
import type { AccountPlace, DecryptionKeys, KeyServices } from '#ports/sops.js';

export interface KeyServiceDeps {
  /** Programs and endpoints that open keys of services. */
  readonly plugins: Plugins;
  /** An account as plugins are told of it; throws an AppError when it is not there or gives no token. */
  readonly accountOf: (place: AccountPlace, audiences: readonly string[]) => Promise<KeyAccount>;
  /** Asks the Vault that a key names, with a token; throws BuildFailed with the reason. */
  readonly unsealByVault: (key: ServiceKey, token: string) => Promise<Uint8Array>;
}

/** Longer than any answer of a plugin may take; its own limit ends it earlier. */
const longestMs = 600_000;

/** A Vault by its token in this process; every other key service, and a Vault without a token, by a plugin. */
export function createKeyServices(deps: KeyServiceDeps): KeyServices {
  return {
    async unseal(key, keys) {
      const token = keys.credentials?.hc_vault?.trim();
      if (key.service === 'hc_vault' && token !== undefined) return deps.unsealByVault(key, token);
      const entry = keyPluginFor(deps.plugins.read().key, key.service);
      if (entry === undefined) throw new AppError('BuildFailed', whatIsMissing(key));
      return unsealByPlugin(deps, entry, key, keys);
    },
  };
}

function whatIsMissing({ service }: ServiceKey): string {
  const token = service === 'hc_vault' ? 'put sops.vault-token into the Secret of spec.decryption, or ' : '';
  return `${token}name a plugin that opens it under keyPlugins of ConfigMap ${pluginConfigMap}`;
}

async function unsealByPlugin(
  { plugins, accountOf }: KeyServiceDeps,
  entry: PluginEntry,
  key: ServiceKey,
  keys: DecryptionKeys,
): Promise<Uint8Array> {
  const { name, location, audiences = [] } = entry;
  if (location.kind === 'unusable') throw new AppError('BuildFailed', `plugin ${name}: ${location.message}`);
  const account = keys.account === undefined ? undefined : await accountOf(keys.account, audiences);
  const credentials = keys.credentials?.[key.service];
  const params = keyParams({
    name,
    key,
    ...(credentials === undefined ? {} : { credentials }),
    ...(account === undefined ? {} : { account }),
  });
  const signal = AbortSignal.timeout(longestMs);
  const reply = await plugins.host.call({ entry, method: 'key.unseal', params, signal });
  const result = reply.kind === 'result' ? parseKeyResult(reply.result) : { ok: false as const, ...reply };
  if (result.ok) return Buffer.from(result.dataKey, 'base64');
  const said = withoutSecrets(result.message, [credentials, account?.token]);
  throw new AppError('BuildFailed', said.startsWith('plugin ') ? said : `plugin ${name}: ${said}`);
}
