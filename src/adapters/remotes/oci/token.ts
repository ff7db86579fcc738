import { AppError } from '#ports/errors.js';
import type { OciLogin } from '#ports/oci-registry.js';
import type { Remote } from '../http/open-remote.js';

/** What a registry wants to see. */
export type Challenge =
  | { readonly scheme: 'basic' }
  | { readonly scheme: 'bearer'; readonly realm: string; readonly service?: string; readonly scope?: string };

/** Reads a `WWW-Authenticate` header; `undefined` for a scheme that is not known. */
export function parseChallenge(header: string): Challenge | undefined {
  if (/^basic\b/i.test(header)) return { scheme: 'basic' };
  if (!/^bearer\b/i.test(header)) return undefined;
  const values = Object.fromEntries(
    [...header.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key.toLowerCase(), value]),
  );
  const { realm, service, scope } = values;
  if (realm === undefined) return undefined;
  return {
    scheme: 'bearer',
    realm,
    ...(service === undefined ? {} : { service }),
    ...(scope === undefined ? {} : { scope }),
  };
}

/** The header of basic authentication; `undefined` without a user. */
export function basicOf(login: OciLogin | undefined): string | undefined {
  if (login === undefined || !('username' in login)) return undefined;
  return `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;
}

interface TokenQuestion {
  readonly realm: string;
  readonly service?: string;
  readonly scope: string;
  /** The realm may be plain HTTP. */
  readonly isInsecure: boolean;
}

/** A token for the scope: anonymous, for a user, or for an identity token. Throws RemoteDenied. */
export async function askToken(
  remote: Remote,
  { realm, service = '', scope, isInsecure }: TokenQuestion,
  login: OciLogin | undefined,
): Promise<string> {
  if (login !== undefined && 'registryToken' in login) return login.registryToken;
  if (!URL.canParse(realm) || !(isInsecure || realm.startsWith('https://'))) {
    throw new AppError('RemoteInvalid', `the registry names "${realm}" for tokens, which is no https URL`);
  }
  const url = new URL(realm);
  const answer =
    login !== undefined && 'identityToken' in login
      ? await remote.call({
          method: 'POST',
          url: realm,
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: new URLSearchParams({
            grant_type: 'refresh_token',
            client_id: 'sluice',
            service,
            scope,
            refresh_token: login.identityToken,
          }).toString(),
        })
      : await remote.call({
          method: 'GET',
          url: withQuery(url, service, scope),
          headers: basicHeader(login),
        });
  const token = answer.status === 200 ? tokenIn(answer.body) : undefined;
  if (token !== undefined) return token;
  throw new AppError('RemoteDenied', `${url.host} answered ${answer.status} to the request for a token`);
}

function withQuery(url: URL, service: string, scope: string): string {
  if (service !== '') url.searchParams.set('service', service);
  url.searchParams.set('scope', scope);
  return url.toString();
}

function basicHeader(login: OciLogin | undefined): Readonly<Record<string, string>> {
  const authorization = basicOf(login);
  return authorization === undefined ? {} : { authorization };
}

function tokenIn(body: Buffer): string | undefined {
  try {
    const { token, access_token: other }: { token?: unknown; access_token?: unknown } =
      JSON.parse(body.toString()) ?? {};
    const found = token ?? other;
    return typeof found === 'string' ? found : undefined;
  } catch {
    return undefined;
  }
}
