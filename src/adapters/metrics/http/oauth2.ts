import { addMs, type Instant } from '#core/time/instant.js';
import type { Clock } from '#ports/clock.js';
import type { CallHttp } from './call.js';
import { QueryFailure } from './failure.js';
import { readOffer, type Offer } from './oauth2-answer.js';

/** The client-credentials part of a metric's authentication. */
export interface OAuth2Config {
  readonly tokenUrl?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly scopes?: readonly string[];
}

interface FullConfig {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: readonly string[];
}

interface How {
  readonly signal: AbortSignal;
  /** The certificate of the endpoint is not checked. */
  readonly insecure: boolean;
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
  readonly #http: CallHttp;
  readonly #tokens = new Map<string, Token>();

  constructor(clock: Clock, http: CallHttp) {
    this.#clock = clock;
    this.#http = http;
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
    const token = await this.#fetch(
      { url: tokenUrl, clientId, clientSecret, scopes: config.scopes ?? [] },
      { signal, insecure },
    );
    if (this.#tokens.size >= maxTokens) this.#tokens.clear();
    this.#tokens.set(key, token);
    return token.value;
  }

  /** A token that was refused is not used again. */
  forget(config: OAuth2Config | undefined): void {
    if (config !== undefined) this.#tokens.delete(keyOf(config));
  }

  async #fetch(config: FullConfig, how: How): Promise<Token> {
    const { url, clientId, clientSecret, scopes } = config;
    const scope = scopes.length > 0 ? { scope: scopes.join(' ') } : {};
    const grant = { grant_type: 'client_credentials', ...scope };
    const post = async (form: Readonly<Record<string, string>>, headers: object): Promise<Offer> =>
      readOffer(
        await this.#http({
          url,
          method: 'POST',
          headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
          body: new URLSearchParams(form).toString(),
          timeoutMs,
          ...how,
        }),
      );
    const basic = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`;
    const authorization = `Basic ${Buffer.from(basic).toString('base64')}`;
    // The credentials are offered as a header first, and in the body to endpoints that want them there.
    const inHeader = await post(grant, { authorization });
    const last =
      'problem' in inHeader
        ? await post({ ...grant, client_id: clientId, client_secret: clientSecret }, {})
        : inHeader;
    if ('problem' in last) throw new QueryFailure(last.problem);
    return {
      value: last.value,
      expiresAt: addMs(this.#clock.now(), last.lifeSeconds * 1000 - expiryMarginMs),
    };
  }
}

function keyOf({ tokenUrl, clientId, clientSecret, scopes }: OAuth2Config): string {
  return JSON.stringify([tokenUrl, clientId, clientSecret, scopes]);
}
