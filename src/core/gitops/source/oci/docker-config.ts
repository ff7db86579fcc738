import { fluxReasons } from '#api/flux/words.js';
import { objectAt, textAt } from '#core/json/read.js';
import type { SourceOutcome } from '../source-run.js';
import type { OciAddress } from './oci-reference.js';

/** A user, a token to be exchanged, or a token as it is; as in the port OciRegistry. */
export type RegistryLogin =
  | { readonly username: string; readonly password: string }
  | { readonly identityToken: string }
  | { readonly registryToken: string };

/**
 * The login for a repository in Secrets of the type `kubernetes.io/dockerconfigjson`: of all entries whose host and path
 * begin the repository's the longest one. No entry means nobody logs in.
 */
export function loginFor(
  address: OciAddress,
  secrets: readonly { readonly subject: string; readonly config: string | undefined }[],
): SourceOutcome<RegistryLogin | undefined> {
  let best: { readonly key: string; readonly login: RegistryLogin | undefined } | undefined;
  for (const { subject, config } of secrets) {
    const parsed = parseConfig(config);
    if (parsed === undefined) {
      const message = `${subject}: key '.dockerconfigjson' is missing or no JSON`;
      return { ok: false, problem: { reason: fluxReasons.authenticationFailed, message, isStalling: false } };
    }
    for (const key of Object.keys(parsed)) {
      const isFitting =
        isFor(normalKey(key), address) && (best === undefined || key.length > best.key.length);
      if (isFitting) best = { key, login: loginOf(parsed, key) };
    }
  }
  return { ok: true, value: best?.login };
}

function parseConfig(config: string | undefined): object | undefined {
  if (config === undefined) return undefined;
  try {
    return objectAt(JSON.parse(config), 'auths');
  } catch {
    return undefined;
  }
}

/** Without scheme, version and slash at the end; the hub has three names. */
function normalKey(key: string): string {
  const bare = key.replace(/^https?:\/\//, '').replace(/\/(v1|v2)?\/?$/, '');
  return bare.replace(/^(index\.docker\.io|registry-1\.docker\.io)(?=\/|$)/, 'docker.io');
}

function isFor(key: string, { shown }: OciAddress): boolean {
  const repository = shown.replace(/^index\.docker\.io\//, 'docker.io/');
  return repository.startsWith(`${key}/`) || repository === key;
}

function loginOf(auths: object, key: string): RegistryLogin | undefined {
  const entry = objectAt(auths, key);
  const identityToken = textAt(entry, 'identitytoken') ?? '';
  if (identityToken !== '') return { identityToken };
  const registryToken = textAt(entry, 'registrytoken') ?? '';
  if (registryToken !== '') return { registryToken };
  const [username, password] = [textAt(entry, 'username'), textAt(entry, 'password')];
  if (username !== undefined && username !== '') return { username, password: password ?? '' };
  return decoded(textAt(entry, 'auth') ?? '');
}

function decoded(auth: string): RegistryLogin | undefined {
  try {
    const text = new TextDecoder().decode(Uint8Array.from(atob(auth.trim()), (char) => char.charCodeAt(0)));
    const colon = text.indexOf(':');
    return colon < 0 ? undefined : { username: text.slice(0, colon), password: text.slice(colon + 1) };
  } catch {
    // No Base64.
    return undefined;
  }
}
