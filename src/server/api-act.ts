import { toAppError } from '#ports/errors.js';
import type { GitActRequest } from '#core/view/wire/git.js';
import type { ActRequest } from '#core/view/wire/stream.js';
import { act } from './act/act.js';
import { actOnGit } from './act/git-act.js';
import type { ActOutcome } from './act/outcome.js';
import { isGitAct, parseAct } from './act/parse-act.js';
import { type ApiParts, noSuchRollout, readBody } from './api.js';
import type { Viewer } from './auth/viewer.js';
import { canSeeGit, detailFor } from './git-view.js';
import { json, problem } from './http/problem.js';
import { gitKindOf, refText } from './model/observe-git.js';

/** An act that may be carried out, and what is shown when it cannot. */
interface Permitted {
  readonly requestId: string;
  readonly verb: string;
  readonly subject: string;
  readonly run: () => Promise<ActOutcome>;
  /** Called after every outcome. */
  readonly touch: () => void;
  /** How the object is now. */
  readonly detail: () => unknown;
}

/** `POST /api/act`. */
export async function answerAct(request: Request, viewer: Viewer, parts: ApiParts): Promise<Response> {
  const wanted = parseAct(await readBody(request));
  if (typeof wanted === 'string') return problem(400, 'BadRequest', wanted);
  const permitted = isGitAct(wanted)
    ? await permitGit(wanted, viewer, parts)
    : await permitRollout(wanted, viewer, parts);
  return permitted instanceof Response ? permitted : carryOut(permitted, viewer, parts);
}

async function permitRollout(
  wanted: ActRequest,
  viewer: Viewer,
  { options, model }: ApiParts,
): Promise<Permitted | Response> {
  const { object, verb, requestId } = wanted;
  const { namespace, name } = object;
  if (!(await viewer.canSee(namespace))) return noSuchRollout(object);
  const can = await viewer.verbsIn(namespace);
  if (!can.includes(verb))
    return forbidden(viewer, `${verb} on rollouts.argoproj.io in namespace ${namespace}`);
  return {
    requestId,
    verb,
    subject: `Rollout/${namespace}/${name}`,
    run: () => act(wanted, viewer.name, options),
    touch: () => model.touch(object),
    detail: () => model.detail(object, can),
  };
}

async function permitGit(
  wanted: GitActRequest,
  viewer: Viewer,
  { options, git }: ApiParts,
): Promise<Permitted | Response> {
  const { object, verb, requestId } = wanted;
  const kind = gitKindOf(object);
  const subject = refText(object);
  if (kind === undefined || !(await canSeeGit(viewer, object)))
    return problem(404, 'NotFound', `${subject} does not exist, or you may not see it`);
  const can = await viewer.gitVerbsIn(object.namespace, kind);
  const resource = `${kind.plural}.${kind.group}`;
  if (!can.includes(verb))
    return forbidden(viewer, `${verb} on ${resource} in namespace ${object.namespace}`);
  return {
    requestId,
    verb,
    subject,
    run: () => actOnGit(wanted, viewer.name, options),
    touch: () => git.touch(object),
    detail: () => detailFor(viewer, object, git),
  };
}

function forbidden(viewer: Viewer, missing: string): Response {
  return problem(403, 'Forbidden', `${viewer.name} lacks the right: ${missing}`, { missing });
}

async function carryOut(
  { requestId, verb, subject, run, touch, detail }: Permitted,
  viewer: Viewer,
  { desk, options }: ApiParts,
): Promise<Response> {
  const answer = desk.handle(viewer.session, requestId, run);
  if (answer === undefined)
    return problem(429, 'TooManyActs', 'more than 20 acts in a minute; wait a little');
  try {
    const outcome = await answer;
    touch();
    if (outcome.status === 202) return json(outcome, 202);
    const code = outcome.status === 409 ? 'Conflict' : 'NotFound';
    return problem(outcome.status, code, outcome.message, { detail: await detail() });
  } catch (thrown) {
    const error = toAppError(thrown);
    options.log.warn('an act failed', { verb, object: subject, code: error.code, error: error.message });
    const status = error.class === 'Denied' ? 403 : error.class === 'InvalidSpec' ? 422 : 502;
    return problem(status, error.code, error.message);
  }
}
