import { STATUS_CODES } from 'node:http';
import { isObject } from '#core/json/json.js';
import { addMs, type Instant } from '#core/time/instant.js';
import type { Clock } from '#ports/clock.js';
import { callHttp, type HttpAnswer } from './call.js';
import { QueryFailure } from './failure.js';
import { readJson } from './json.js';

/** The client-credentials part of a metric's authentication. */
export interface OAuth2Config {
  readonly tokenUrl?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly scopes?: readonly string[];
}

interface Token {
  readonly value: string;
  readonly expiresAt: Instant;
}

const expiryMarginMs = 10_000;
const maxTokens = 100;
/** The measurement itself ends earlier, as a rule. */
const timeoutMs = 30_000;

/** Fetches tokens by the client-credentials flow and keeps each until shortly before it expires. */
export class OAuth2Tokens {
  readonly #clock: Clock;
  readonly #tokens = new Map<string, Token>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * The value for `Authorization`; `undefined` when there is nothing to fetch. `insecure`: the certificate of the token
   * endpoint is not checked. Throws QueryFailure.
   */
  async authorization(
    config: OAuth2Config | undefined,
    signal: AbortSignal,
    insecure = false,
  ): Promise<string | undefined> {
    const { tokenUrl, clientId, clientSecret } = config ?? {};
    if (config === undefined || tokenUrl === undefined || tokenUrl === '') return undefined;
    if (clientId === undefined || clientId === '' || clientSecret === undefined || clientSecret === '') {
      throw new QueryFailure('missing mandatory parameter in metric for OAuth2 setup');
    }
    const key = keyOf(config);
    const known = this.#tokens.get(key);
    if (known !== undefined && known.expiresAt > this.#clock.now()) return known.value;
    const answer = await fetchToken(
      { tokenUrl, clientId, clientSecret, scopes: config.scopes ?? [] },
      { signal, insecure },
    );
    const token = this.#read(answer);
    if (this.#tokens.size >= maxTokens) this.#tokens.clear();
    this.#tokens.set(key, token);
    return token.value;
  }

  /** A token that was refused is not used again. */
  forget(config: OAuth2Config | undefined): void {
    if (config !== undefined) this.#tokens.delete(keyOf(config));
  }

  #read(answer: unknown): Token {
    const { access_token: access, token_type: type, expires_in: seconds } = isObject(answer) ? answer : {};
    if (typeof access !== 'string' || access === '') {
      throw new QueryFailure('oauth2: server response missing access_token');
    }
    const kind = typeof type === 'string' && type.toLowerCase() !== 'bearer' ? type : 'Bearer';
    const lifeMs = Number(seconds ?? 3600) * 1000 - expiryMarginMs;
    return { value: `${kind} ${access}`, expiresAt: addMs(this.#clock.now(), lifeMs) };
  }
}

function keyOf({ tokenUrl, clientId, clientSecret, scopes }: OAuth2Config): string {
  return JSON.stringify([tokenUrl, clientId, clientSecret, scopes]);
}

/** The credentials are offered as a header first, and in the body to endpoints that want them there. */
async function fetchToken(
  config: Required<OAuth2Config>,
  how: { readonly signal: AbortSignal; readonly insecure: boolean },
): Promise<unknown> {
  const { tokenUrl: url, clientId, clientSecret, scopes } = config;
  const scope = scopes.length > 0 ? { scope: scopes.join(' ') } : {};
  const grant = { grant_type: 'client_credentials', ...scope };
  const post = (form: Readonly<Record<string, string>>, headers: object): Promise<HttpAnswer> =>
    callHttp({
      url,
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams(form).toString(),
      timeoutMs,
      ...how,
    });
  const basic = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`;
  const authorization = `Basic ${Buffer.from(basic).toString('base64')}`;
  const inHeader = await post(grant, { authorization });
  if (isOk(inHeader)) return readJson(inHeader.text);
  const inBody = await post({ ...grant, client_id: clientId, client_secret: clientSecret }, {});
  if (isOk(inBody)) return readJson(inBody.text);
  throw new QueryFailure(
    `oauth2: cannot fetch token: ${inBody.status} ${STATUS_CODES[inBody.status] ?? ''}`.trim(),
  );
}

function isOk({ status }: HttpAnswer): boolean {
  return status >= 200 && status <= 299;
}
