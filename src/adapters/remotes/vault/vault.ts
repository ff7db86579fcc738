import { isObject } from '#core/json/json.js';
import { objectAt, textAt, textsAt } from '#core/json/read.js';
import { isDataKey, withoutSecrets } from '#core/plugin/key-call.js';
import type { ServiceKey } from '#core/gitops/sops/metadata.js';
import { AppError } from '#ports/errors.js';
import { withRemote, type RemoteGuard } from '../http/open-remote.js';

/** Asks the transit engine of a HashiCorp Vault to open a data key, with a token; throws BuildFailed with the reason. */
export async function unsealByVault(
  { key, sealed }: ServiceKey,
  token: string,
  guard: RemoteGuard | undefined,
): Promise<Uint8Array> {
  const address = textAt(key, 'vault_address') ?? '';
  const url = addressOf(address, textAt(key, 'engine_path') ?? '', textAt(key, 'key_name') ?? '');
  const options = { name: `vault ${address}`, timeoutMs: 30_000, ...(guard === undefined ? {} : { guard }) };
  const { status, body } = await withRemote(options, (remote) =>
    remote.call({
      method: 'POST',
      url,
      headers: { 'x-vault-token': token, 'content-type': 'application/json' },
      body: JSON.stringify({ ciphertext: sealed }),
      maxBytes: 64 * 1024,
    }),
  ).catch((thrown: unknown) => {
    throw refusal(thrown instanceof Error ? thrown.message : String(thrown), thrown);
  });
  const answer = readJson(body.toString('utf8'));
  if (status !== 200) {
    const said = withoutSecrets(textsAt(answer, 'errors').join(', '), [token]);
    throw refusal(`it answers ${status}${said === '' ? '' : `: ${said.slice(0, 300)}`}`);
  }
  const plain = textAt(objectAt(answer, 'data'), 'plaintext') ?? '';
  if (!isDataKey(plain)) throw refusal('its answer has no data key');
  return Buffer.from(plain, 'base64');
}

function addressOf(address: string, engine: string, name: string): string {
  const isHttp = /^https?:\/\//.test(address) && URL.canParse(address);
  if (!isHttp) throw refusal(`vault_address "${address}" is no http or https URL`);
  const parts = [...engine.split('/'), 'decrypt', name].filter((part) => part !== '');
  if (parts.some((part) => part === '.' || part === '..') || name === '')
    throw refusal('engine_path and key_name name no key');
  return `${address.replace(/\/+$/, '')}/v1/${parts.map(encodeURIComponent).join('/')}`;
}

function readJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    // The status says what came of it.
    return {};
  }
}

function refusal(message: string, cause?: unknown): AppError {
  return new AppError('BuildFailed', message, cause === undefined ? {} : { cause });
}
