import { isObject } from '#core/json/json.js';
import { gitVerbs, type GitActRequest } from '#core/view/wire/git.js';
import { verbs } from '#core/view/wire/list.js';
import { type ActRequest } from '#core/view/wire/stream.js';

/** A request body as an act, or what is wrong with it. An object with a kind is a source or a Kustomization. */
export function parseAct(body: unknown): ActRequest | GitActRequest | string {
  if (!isObject(body)) return 'the body is not an object';
  const { verb: word, object, uid, resourceVersion, step, reason, requestId } = body;
  if (!isObject(object) || typeof object['namespace'] !== 'string' || typeof object['name'] !== 'string')
    return 'object needs a namespace and a name';
  const place = { namespace: object['namespace'], name: object['name'] };
  const { kind } = object;
  if (typeof uid !== 'string' || uid === '') return 'uid is missing';
  if (typeof resourceVersion !== 'string') return 'resourceVersion is missing';
  if (typeof requestId !== 'string' || !/^[\w-]{8,64}$/.test(requestId))
    return 'requestId must be 8 to 64 word characters';
  if (reason !== undefined && (typeof reason !== 'string' || reason.length > 500))
    return 'reason is too long';
  const clean = reason === undefined ? {} : { reason: reason.replaceAll(/\p{Cc}/gu, ' ') };
  const common = { uid, resourceVersion, requestId, ...clean };
  if (typeof kind === 'string') {
    const verb = gitVerbs.find((known) => known === word);
    if (verb === undefined) return `verb must be one of ${gitVerbs.join(', ')}`;
    return { ...common, verb, object: { kind, ...place } };
  }
  const verb = verbs.find((known) => known === word);
  if (verb === undefined) return `verb must be one of ${verbs.join(', ')}`;
  if (step !== null && typeof step !== 'number') return 'step must be a number or null';
  return { ...common, verb, object: place, step };
}

/** Whether an act is about a source or a Kustomization. */
export function isGitAct(request: ActRequest | GitActRequest): request is GitActRequest {
  return 'kind' in request.object;
}
