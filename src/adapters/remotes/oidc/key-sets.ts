import type { JSONWebKeySet, JWTVerifyOptions } from 'jose';
import { isObject } from '#core/json/json.js';
import { objectsAt } from '#core/json/read.js';
import { addMs, type Instant } from '#core/time/instant.js';
import type { Clock } from '#ports/clock.js';
import { AppError } from '#ports/errors.js';
import type { TokenVerdict } from '#ports/identity-tokens.js';
import { withRemote, type RemoteGuard } from '../http/open-remote.js';

/** Keys are asked for again after this, and when a token names one that is not among them. */
const keepMs = 3_600_000;
/** So long unknown keys are not asked for again: anybody can name one. */
const pauseMs = 60_000;
/** Clocks differ by as much. */
const toleranceS = 60;
/** Of so many providers keys are kept. */
const mostSets = 100;

/** What a token must be besides signed and in its time. */
export interface ExpectedToken {
  readonly issuers: readonly string[];
  /** Absent: any; the caller looks himself. */
  readonly audience?: string;
  /** Names of RFC 7518; none of them may be symmetric. */
  readonly algorithms: readonly string[];
}

interface Held {
  readonly set: JSONWebKeySet;
  readonly at: Instant;
}

/** The keys that providers publish, each set by where it was found. */
export class KeySets {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #held = new Map<string, Held>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /** Whether a key of the provider signed the token, and it is what was expected. @param fetchKeys - asked when none is known. */
  async verify(
    token: string,
    provider: string,
    fetchKeys: () => Promise<JSONWebKeySet>,
    { issuers, audience, algorithms }: ExpectedToken,
  ): Promise<TokenVerdict> {
    const jose = await import('jose');
    const options: JWTVerifyOptions = {
      issuer: [...issuers],
      algorithms: [...algorithms],
      clockTolerance: toleranceS,
      currentDate: new Date(this.#clock.now()),
      requiredClaims: ['exp'],
      ...(audience === undefined ? {} : { audience }),
    };
    const attempt = async (set: JSONWebKeySet): Promise<TokenVerdict> => {
      const { payload } = await jose.jwtVerify(token, jose.createLocalJWKSet(set), options);
      const isEarly = (payload.nbf ?? payload.iat ?? 0) * 1000 > this.#clock.now() + toleranceS * 1000;
      return isEarly ? refuse('its time has not come') : { ok: true, claims: { ...payload } };
    };
    try {
      const known = await this.#keys(provider, fetchKeys, keepMs);
      try {
        return await attempt(known);
      } catch (thrown) {
        // The provider may have a new key since.
        if (!(thrown instanceof jose.errors.JWKSNoMatchingKey)) throw thrown;
        return await attempt(await this.#keys(provider, fetchKeys, pauseMs));
      }
    } catch (thrown) {
      if (thrown instanceof jose.errors.JOSEError) return refuse(thrown.message);
      throw thrown;
    }
  }

  async #keys(
    provider: string,
    fetchKeys: () => Promise<JSONWebKeySet>,
    maxAgeMs: number,
  ): Promise<JSONWebKeySet> {
    const now = this.#clock.now();
    const held = this.#held.get(provider);
    if (held !== undefined && now < addMs(held.at, maxAgeMs)) return held.set;
    const set = await fetchKeys();
    this.#held.delete(provider);
    this.#held.set(provider, { set, at: now });
    const [oldest] = this.#held.keys();
    if (this.#held.size > mostSets && oldest !== undefined) this.#held.delete(oldest);
    return set;
  }
}

/** Gets a key set; throws RemoteUnreachable or RemoteInvalid. */
export async function fetchKeySet(url: string, guard?: RemoteGuard): Promise<JSONWebKeySet> {
  const answer = await fetchJson(url, guard);
  const keys = objectsAt(answer, 'keys').filter(({ kty }) => typeof kty === 'string');
  if (keys.length === 0) throw new AppError('RemoteInvalid', `${nameOf(url)}: answered without keys`);
  return { keys: keys.map((key) => ({ ...key, kty: String(key['kty']) })) };
}

/** Gets a JSON object; throws RemoteUnreachable or RemoteInvalid. */
export async function fetchJson(url: string, guard?: RemoteGuard): Promise<object> {
  const name = nameOf(url);
  const options = { name, timeoutMs: 10_000, ...(guard === undefined ? {} : { guard }) };
  const { status, body } = await withRemote(options, (remote) =>
    remote.call({ method: 'GET', url, maxBytes: 1024 * 1024 }),
  );
  const value = status === 200 ? parseJson(body.toString('utf8')) : undefined;
  if (isObject(value)) return value;
  throw new AppError('RemoteInvalid', `${name}: answered ${status} without what was asked for`);
}

function nameOf(url: string): string {
  return `identity provider ${new URL(url).host}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The caller says what is missing.
    return undefined;
  }
}

function refuse(problem: string): TokenVerdict {
  return { ok: false, problem };
}
