import { kinds } from '#api/kinds.js';
import type { Receiver } from '#api/flux/receiver.js';
import { fluxConditions } from '#api/flux/words.js';
import { isConditionTrue } from '#core/kube/conditions.js';
import { subjectOf } from '#core/kube/object.js';
import { checkCall } from '#core/receiver/check-call.js';
import type { Signing } from '#core/receiver/hook-call.js';
import { formatMicroInstant } from '#core/time/instant.js';
import { toAppError } from '#ports/errors.js';
import type { IdentityTokens, OidcTokens, TokenVerdict } from '#ports/identity-tokens.js';
import type { InboundAnswer, InboundHandler, InboundRequest } from '#ports/inbound.js';
import type { ControllerDeps } from '#runtime/controller/deps.js';
import { checkGoogleCall, checkOidcCall } from './identity.js';
import { requestReconciles } from './request-reconciles.js';
import { readToken } from './secret.js';

export interface HookDeps extends Pick<ControllerDeps, 'cache' | 'kube' | 'clock' | 'log'> {
  readonly signing: Signing;
  /** Of Google, for the type `gcr`. */
  readonly tokens: IdentityTokens;
  /** Of the providers that Receivers of the type `generic-oidc` name. */
  readonly oidc: OidcTokens;
  /** Whether resources of other namespaces are out of reach. Default false. */
  readonly isLocked?: boolean;
}

const notFound: InboundAnswer = { status: 404, body: 'not found\n' };
const unavailable: InboundAnswer = { status: 503, body: 'unable to process the request\n' };
const refused: InboundAnswer = { status: 400, body: 'the request is not valid for this receiver\n' };
const broken: InboundAnswer = { status: 500, body: 'not every resource could be annotated\n' };
const accepted: InboundAnswer = { status: 200, body: '' };

/**
 * Answers calls to Receivers: 404 for a path of nobody, 503 for a Receiver that is suspended or not ready, 400 for a call
 * that does not prove itself, 500 when an object could not be annotated, else 200. Why is said in the log and not to the
 * caller; neither holds a secret.
 */
export function createHookHandler(deps: HookDeps): InboundHandler {
  return async (request) => {
    const receiver = receiverAt(deps, request.path);
    if (receiver === undefined) return notFound;
    const log = deps.log.with({ receiver: subjectOf(receiver), type: receiver.spec.type });
    const { status, spec } = receiver;
    if (spec.suspend === true || !isConditionTrue(status?.conditions, fluxConditions.ready)) {
      log.warn('a call came for a receiver that is suspended or not ready');
      return unavailable;
    }
    const checked = await check(deps, receiver, request);
    if (!checked.ok) {
      log.warn('a call was refused', { problem: checked.problem });
      return refused;
    }
    const at = formatMicroInstant(deps.clock.now());
    const { annotated, problems } = await requestReconciles(deps, receiver, {
      body: request.body,
      claims: checked.claims,
      at,
    });
    if (annotated.length > 0) log.info('reconciles requested', { objects: annotated });
    for (const problem of problems) log.warn('a reconcile could not be requested', { problem });
    return problems.length === 0 ? accepted : broken;
  };
}

function receiverAt({ cache }: HookDeps, path: string): Receiver | undefined {
  if (!path.startsWith('/hook/')) return undefined;
  return cache
    .list<Receiver>(kinds.receiver)
    .find(({ status, metadata }) => status?.webhookPath === path && metadata.deletionTimestamp === undefined);
}

async function check(deps: HookDeps, receiver: Receiver, request: InboundRequest): Promise<TokenVerdict> {
  const { type, events = [] } = receiver.spec;
  if (type === 'gcr') return checkGoogleCall(deps, receiver, request);
  if (type === 'generic-oidc') return checkOidcCall(deps, receiver, request);
  try {
    const read = await readToken(deps.kube, receiver);
    if (!read.ok) return read;
    const problem = checkCall(type, request, { token: read.token, events }, deps.signing);
    return problem === undefined ? { ok: true, claims: {} } : { ok: false, problem };
  } catch (thrown) {
    // The peer answers an unreadable token as it answers a wrong one.
    return { ok: false, problem: toAppError(thrown).message };
  }
}
