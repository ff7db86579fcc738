import { sha256Hex } from '#core/digest/sha256.js';

/** Where calls for a Receiver arrive: nobody finds it who does not know the token. */
export function hookPath(token: string, name: string, namespace: string): string {
  return `/hook/${sha256Hex(`${token}${name}${namespace}`)}`;
}
