import type { GitActRequest } from '#core/view/wire/git.js';
import type { GitObject } from '#core/view/git/git-input.js';
import { gitPlan } from '#core/view/git/git-actions.js';
import { toAppError } from '#ports/errors.js';
import type { ObjectKey } from '#ports/kube.js';
import { findGit, gitKindOf } from '../model/observe-git.js';
import type { ActOutcome, ActPorts } from './outcome.js';
import { recordAct } from './record.js';

const attempts = 3;

/** Carries out what a person asked of a source or Kustomization, if it still is the one that person saw. */
export async function actOnGit(request: GitActRequest, actor: string, ports: ActPorts): Promise<ActOutcome> {
  const { kind: word, namespace, name } = request.object;
  const kind = gitKindOf(request.object);
  const subject = `${word}/${namespace}/${name}`;
  if (kind === undefined) return { status: 404, message: `${subject} does not exist` };
  const key: ObjectKey = { kind, namespace, name };
  for (let attempt = 1; ; attempt += 1) {
    // The first look is the cache; after a conflict the API server itself is asked.
    const object =
      attempt === 1 ? findGit(ports.cache, request.object) : await ports.kube.get<GitObject>(key);
    if (object === undefined) return { status: 404, message: `${subject} does not exist` };
    if (object.metadata.uid !== request.uid)
      return { status: 409, message: 'it was deleted and created again since you opened this' };
    const plan = gitPlan(request.verb, object, ports.clock.now());
    if (!plan.ok) return { status: 409, message: plan.why };
    try {
      const stored = await ports.kube.patch(key, { type: 'merge', body: withIdentity(plan.patch, object) });
      await recordAct(request, object, actor, ports);
      return { status: 202, id: request.requestId, resourceVersion: stored.metadata.resourceVersion ?? '' };
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.class !== 'Conflict') throw error;
      if (attempt === attempts) return { status: 409, message: 'the object keeps changing; look again' };
    }
  }
}

/** The patch with the identity that it was decided on, so that a stale one fails with a conflict. */
function withIdentity(
  { metadata, ...patch }: Readonly<Record<string, unknown>>,
  object: GitObject,
): Record<string, unknown> {
  const { uid, resourceVersion } = object.metadata;
  return { ...patch, metadata: { ...(metadata as object | undefined), uid, resourceVersion } };
}
