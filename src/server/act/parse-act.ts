import { isObject } from '#core/json/json.js';
import { verbs } from '#core/view/wire/list.js';
import { type ActRequest } from '#core/view/wire/stream.js';

/** A request body as an act, or what is wrong with it. */
export function parseAct(body: unknown): ActRequest | string {
  if (!isObject(body)) return 'the body is not an object';
  const { verb: word, object, uid, resourceVersion, step, reason, requestId } = body;
  const verb = verbs.find((known) => known === word);
  if (verb === undefined) return `verb must be one of ${verbs.join(', ')}`;
  if (!isObject(object) || typeof object['namespace'] !== 'string' || typeof object['name'] !== 'string')
    return 'object needs a namespace and a name';
  if (typeof uid !== 'string' || uid === '') return 'uid is missing';
  if (typeof resourceVersion !== 'string') return 'resourceVersion is missing';
  if (step !== null && typeof step !== 'number') return 'step must be a number or null';
  if (typeof requestId !== 'string' || !/^[\w-]{8,64}$/.test(requestId))
    return 'requestId must be 8 to 64 word characters';
  if (reason !== undefined && (typeof reason !== 'string' || reason.length > 500))
    return 'reason is too long';
  return {
    verb,
    object: { namespace: object['namespace'], name: object['name'] },
    uid,
    resourceVersion,
    step,
    requestId,
    ...(reason === undefined ? {} : { reason: reason.replaceAll(/\p{Cc}/gu, ' ') }),
  };
}
