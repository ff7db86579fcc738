import { isObject } from '#core/json/json.js';
import { textAt } from '#core/json/read.js';

/** A call as it arrived; names of headers in lower case. */
export interface HookCall {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What a call is held against. */
export interface HookExpectation {
  /** Key `token` of the Secret. */
  readonly token: string;
  /** `spec.events`; empty: every event. */
  readonly events: readonly string[];
}

/** What only a platform's cryptography can do. */
export interface Signing {
  /** The HMAC as lower-case hex. */
  hmacHex(algorithm: HmacAlgorithm, key: string, data: Uint8Array): string;
  /** Whether two texts are equal, in a time that does not tell where they differ. */
  isSame(a: string, b: string): boolean;
}

const hmacAlgorithms = ['sha1', 'sha256', 'sha512'] as const;
type HmacAlgorithm = (typeof hmacAlgorithms)[number];

export function header({ headers }: HookCall, name: string): string {
  return headers[name.toLowerCase()] ?? '';
}

/** The body as JSON; `undefined` when it is none. */
export function bodyOf({ body }: HookCall): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    // Whoever asks says what a body that is no JSON means.
    return undefined;
  }
}

/** The problem of a call whose event is not among those that the Receiver wants; `undefined`: it is. */
export function eventProblem(what: string, event: string, events: readonly string[]): string | undefined {
  if (events.length === 0) return undefined;
  const isWanted = events.some((wanted) => wanted.toLowerCase() === event.toLowerCase());
  return isWanted ? undefined : `the ${what} event ${JSON.stringify(event)} is not authorised`;
}

/** The problem of a signature `<algorithm>=<hex>`; `undefined`: it is the body's. */
export function signatureProblem(
  name: string,
  signature: string,
  { call, token, signing }: { readonly call: HookCall; readonly token: string; readonly signing: Signing },
): string | undefined {
  if (signature === '') return `missing ${name} header`;
  const at = signature.indexOf('=');
  const algorithm = hmacAlgorithms.find((one) => one === signature.slice(0, Math.max(at, 0)));
  if (algorithm === undefined) return `${name}: wanted <sha1|sha256|sha512>=<hex>`;
  const expected = signing.hmacHex(algorithm, token, call.body);
  return signing.isSame(signature.slice(at + 1).toLowerCase(), expected)
    ? undefined
    : `${name}: the signature is not that of the body with the token`;
}

/** The first of these texts of the body that is absent or empty, by its path with dots. */
export function missingText(body: unknown, ...paths: readonly string[]): string | undefined {
  return paths.find((path) => {
    const fields = path.split('.');
    const last = fields.pop() ?? '';
    const holder = fields.reduce<unknown>(
      (at, field) => (isObject(at) && Object.hasOwn(at, field) ? at[field] : undefined),
      body,
    );
    return (textAt(holder, last) ?? '') === '';
  });
}
