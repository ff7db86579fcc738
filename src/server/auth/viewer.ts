import type { Kind } from '#api/kinds.js';
import type { GitVerb } from '#core/view/wire/git.js';
import type { Verb } from '#core/view/wire/list.js';

/** Who asks, and what that one may do. */
export interface Viewer {
  /** The name that acts are recorded under. */
  readonly name: string;
  /** Where the rate of acts is counted: one person in one session. */
  readonly session: string;
  /** Whether the session came with a cookie, which other sites could ride on. */
  readonly isByCookie: boolean;
  /** @param kind - default Rollouts. */
  canSee(namespace: string, kind?: Kind): Promise<boolean>;
  /** The verbs that are allowed on Rollouts of a namespace. */
  verbsIn(namespace: string): Promise<readonly Verb[]>;
  /** The verbs that are allowed on sources of this kind, or on Kustomizations, in a namespace. */
  gitVerbsIn(namespace: string, kind: Kind): Promise<readonly GitVerb[]>;
}

/** How requests become viewers. */
export interface Authenticator {
  /** What the page must ask for when nobody is known: the key of this process, or a token. */
  readonly mode: 'page-key' | 'token' | 'open';
  /** `undefined`: nobody. */
  identify(headers: Headers): Promise<Viewer | undefined>;
}

/** The secret of `Authorization: Bearer …`; `undefined` when there is none. */
export function bearerOf(headers: Headers): string | undefined {
  return /^Bearer +(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1];
}

/** One cookie of a request. */
export function cookieOf(headers: Headers, name: string): string | undefined {
  for (const part of (headers.get('cookie') ?? '').split(';')) {
    const [key, ...value] = part.trim().split('=');
    if (key === name) return value.join('=');
  }
  return undefined;
}
