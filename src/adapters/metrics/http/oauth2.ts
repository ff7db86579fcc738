import { isObject } from '#core/json/json.js';
import { addMs, type Instant } from '#core/time/instant.js';
import type { Clock } from '#ports/clock.js';
import { fetch } from 'undici';
import { QueryFailure } from './failure.js';

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

/** Fetches tokens by the client-credentials flow and keeps each until shortly before it expires. */
export class OAuth2Tokens {
  readonly #clock: Clock;
  readonly #tokens = new Map<string, Token>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The value for `Authorization`; `undefined` when there is nothing to fetch. Throws QueryFailure. */
  async authorization(config: OAuth2Config | undefined, signal: AbortSignal): Promise<string | undefined> {
    const { tokenUrl, clientId, clientSecret } = config ?? {};
    if (config === undefined || tokenUrl === undefined || tokenUrl === '') return undefined;
    if (clientId === undefined || clientId === '' || clientSecret === undefined || clientSecret === '') {
      throw new QueryFailure('missing mandatory parameter in metric for OAuth2 setup');
    }
    const key = JSON.stringify([tokenUrl, clientId, clientSecret, config.scopes]);
    const known = this.#tokens.get(key);
    if (known !== undefined && known.expiresAt > this.#clock.now()) return known.value;
    const token = await this.#fetch(
      { tokenUrl, clientId, clientSecret, scopes: config.scopes ?? [] },
      signal,
    );
    if (this.#tokens.size >= maxTokens) this.#tokens.clear();
    this.#tokens.set(key, token);
    return token.value;
  }

  async #fetch(config: Required<OAuth2Config>, signal: AbortSignal): Promise<Token> {
    const basic = Buffer.from(
      `${encodeURIComponent(config.clientId)}:${encodeURIComponent(config.clientSecret)}`,
    ).toString('base64');
    const form = new URLSearchParams({ grant_type: 'client_credentials' });
    if (config.scopes.length > 0) form.set('scope', config.scopes.join(' '));
    const inHeader = await fetch(config.tokenUrl, {
      method: 'POST',
      body: form,
      headers: { authorization: `Basic ${basic}` },
      signal,
    });
    if (inHeader.ok) return this.#read(await inHeader.json());
    await inHeader.body?.cancel();
    form.set('client_id', config.clientId);
    form.set('client_secret', config.clientSecret);
    const inBody = await fetch(config.tokenUrl, { method: 'POST', body: form, signal });
    if (inBody.ok) return this.#read(await inBody.json());
    await inBody.body?.cancel();
    throw new QueryFailure(`oauth2: cannot fetch token: ${inBody.status} ${inBody.statusText}`.trim());
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
