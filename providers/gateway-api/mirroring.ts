import type { UnknownObject } from '#api/k8s/meta.js';
import { objectAt, objectsAt, textAt } from '#core/json/read.js';

/**
 * Controllers that accept a rule which mirrors, without a word in its status, and then answer 500 to all that it
 * matches. Seen with Traefik 3.7.
 */
const failingAtMirrors: ReadonlySet<string> = new Set(['traefik.io/gateway-controller']);

/** The controller of this route that would fail every mirrored request; `undefined` when none is known to. */
export function failsAtMirrors(live: UnknownObject): string | undefined {
  return objectsAt(objectAt(live, 'status'), 'parents')
    .map((parent) => textAt(parent, 'controllerName') ?? '')
    .find((name) => failingAtMirrors.has(name));
}
