import { createPublicKey, verify as isSignedBy, type JsonWebKey, type KeyObject } from 'node:crypto';
import { objectsAt, textAt, numberAt } from '#core/json/read.js';
import { isObject } from '#core/json/json.js';
import { addMs, type Instant } from '#core/time/instant.js';
import type { Clock } from '#ports/clock.js';
import { AppError } from '#ports/errors.js';
import type { IdentityTokens, TokenVerdict } from '#ports/identity-tokens.js';
import { withRemote } from '../http/open-remote.js';

const googleKeys = 'https://www.googleapis.com/oauth2/v3/certs';
/** Both stand in tokens of Google. */
const issuers = ['https://accounts.google.com', 'accounts.google.com'];
/** Keys are asked for again after this, and when a token names one that is not among them. */
const keepMs = 3_600_000;
/** So long unknown keys are not asked for again: anybody can name one. */
const pauseMs = 60_000;
/** Clocks differ by as much. */
const toleranceMs = 60_000;

/** Tokens of service accounts of Google, as Pub/Sub sends them with its calls. @param keysUrl - where the keys are published. */
export function createGoogleTokens(clock: Pick<Clock, 'now'>, keysUrl = googleKeys): IdentityTokens {
  let held: { readonly keys: ReadonlyMap<string, KeyObject>; readonly at: Instant } | undefined;
  const keyOf = async (id: string): Promise<KeyObject | undefined> => {
    const now = clock.now();
    const known = held?.keys.get(id);
    const isFresh = held !== undefined && now < addMs(held.at, known === undefined ? pauseMs : keepMs);
    if (isFresh) return known;
    held = { keys: await fetchKeys(keysUrl), at: now };
    return held.keys.get(id);
  };
  return {
    async verify(token) {
      const parsed = parseToken(token);
      if (parsed === undefined) return refuse('it is no signed token');
      const { head, claims, signed, signature } = parsed;
      if (textAt(head, 'alg') !== 'RS256') return refuse('it is not signed with RS256');
      const key = await keyOf(textAt(head, 'kid') ?? '');
      if (key === undefined || !isSignedBy('RSA-SHA256', Buffer.from(signed), key, signature))
        return refuse('no key of the provider signed it');
      return judge(claims, clock.now());
    },
  };
}

function judge(claims: Readonly<Record<string, unknown>>, now: Instant): TokenVerdict {
  if (!issuers.includes(textAt(claims, 'iss') ?? '')) return refuse('it is of another issuer');
  const [expires, begins] = [numberAt(claims, 'exp'), numberAt(claims, 'nbf') ?? numberAt(claims, 'iat')];
  if (expires === undefined || now > expires * 1000 + toleranceMs) return refuse('it has expired');
  if (begins !== undefined && now < begins * 1000 - toleranceMs) return refuse('its time has not come');
  return { ok: true, claims };
}

interface ParsedToken {
  readonly head: unknown;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly signed: string;
  readonly signature: Buffer;
}

function parseToken(token: string): ParsedToken | undefined {
  const [head = '', body = '', signature = '', ...more] = token.split('.');
  if (signature === '' || more.length > 0) return undefined;
  const [first, claims] = [head, body].map((part) =>
    parseJson(Buffer.from(part, 'base64url').toString('utf8')),
  );
  if (!isObject(first) || !isObject(claims)) return undefined;
  return { head: first, claims, signed: `${head}.${body}`, signature: Buffer.from(signature, 'base64url') };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No token.
    return undefined;
  }
}

async function fetchKeys(url: string): Promise<ReadonlyMap<string, KeyObject>> {
  const name = `identity provider ${new URL(url).host}`;
  const answer = await withRemote({ name, timeoutMs: 10_000 }, (remote) =>
    remote.call({ method: 'GET', url }),
  );
  const keys = objectsAt(parseJson(answer.body.toString('utf8')), 'keys');
  if (answer.status !== 200 || keys.length === 0)
    throw new AppError('RemoteInvalid', `${name}: answered ${answer.status} without keys`);
  return new Map(
    keys.flatMap((key) => {
      const id = textAt(key, 'kid');
      // The form is that of RFC 7517; one that is not is left out below.
      const made = id === undefined ? undefined : toKey(key);
      return id === undefined || made === undefined ? [] : [[id, made] as const];
    }),
  );
}

function toKey(key: JsonWebKey): KeyObject | undefined {
  try {
    return key.kty === 'RSA' ? createPublicKey({ key, format: 'jwk' }) : undefined;
  } catch {
    // A key of another form signs nothing here.
    return undefined;
  }
}

function refuse(problem: string): TokenVerdict {
  return { ok: false, problem };
}
