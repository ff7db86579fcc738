import type { Rollout } from '#api/argoproj/rollout.js';
import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import { isObject } from '#core/json/json.js';
import {
  isSettled,
  promoteForm,
  writesOf,
  type ActionOptions,
  type ActionPlan,
  type ActionVerb,
  type ActionWrite,
} from './writes.js';

export { promoteForm, type ActionVerb, type ActionWrite } from './writes.js';

/** The peer's patches for an action, or why it would change nothing: a button that does nothing is worse than none. */
export function actionPatch(verb: ActionVerb, rollout: Rollout, options: ActionOptions): ActionPlan {
  const why = futilityOf(verb, rollout, options);
  return why === undefined ? writesOf(verb, rollout, options) : { ok: false, why };
}

/** Why an action would change nothing; `undefined` when it would. */
export function futilityOf(
  verb: ActionVerb,
  rollout: Rollout,
  options: Pick<ActionOptions, 'undoTo' | 'skip'> = {},
): string | undefined {
  return futilities[verb](rollout, options);
}

type Futility = (rollout: Rollout, options: Pick<ActionOptions, 'undoTo' | 'skip'>) => string | undefined;

const futilities: Readonly<Record<ActionVerb, Futility>> = {
  promote: (rollout, { skip }) =>
    skip === undefined && promoteForm(rollout) === 'nothing'
      ? 'nothing to promote: no pause holds and no step runs'
      : undefined,
  promotefull: (rollout) => {
    if (isSettled(rollout)) return 'nothing to promote: the newest revision is stable';
    return rollout.status?.promoteFull === true ? 'full promotion is under way' : undefined;
  },
  abort: (rollout) => {
    if (rollout.status?.abort === true) return 'it is aborted already';
    return isSettled(rollout) ? 'nothing to abort: the newest revision is stable' : undefined;
  },
  retry: ({ status }) => (status?.abort === true ? undefined : 'nothing to retry: it is not aborted'),
  pause: ({ spec }) => (spec.paused === true ? 'it is paused already' : undefined),
  resume: ({ spec }) => (spec.paused === true ? undefined : 'it is not paused by hand'),
  restart: () => undefined,
  undo: (_, { undoTo }) => (undoTo === undefined ? 'there is no older revision to go back to' : undefined),
};

/** The ReplicaSet that `undo` goes back to: the given revision, or for 0 the second newest. */
export function undoTargetOf(
  replicaSets: readonly ReplicaSet[],
  revisionOf: (rs: ReplicaSet) => number,
  revision = 0,
): ReplicaSet | undefined {
  if (revision > 0) return replicaSets.find((rs) => revisionOf(rs) === revision);
  return replicaSets.toSorted((a, b) => revisionOf(b) - revisionOf(a))[1];
}

/** The write with the identity that it was decided on, so that a stale one fails with a conflict. */
export function withPrecondition(write: ActionWrite, uid: string, resourceVersion?: string): ActionWrite {
  const version = resourceVersion === undefined ? {} : { resourceVersion };
  if (write.target !== undefined) return write;
  if (write.patch.type === 'merge') {
    const metadata = isObject(write.patch.body['metadata']) ? write.patch.body['metadata'] : {};
    const body = { ...write.patch.body, metadata: { ...metadata, uid, ...version } };
    return { ...write, patch: { type: 'merge', body } };
  }
  const tests = [
    { op: 'test' as const, path: '/metadata/uid', value: uid },
    ...(resourceVersion === undefined
      ? []
      : [{ op: 'test' as const, path: '/metadata/resourceVersion', value: resourceVersion }]),
  ];
  return { ...write, patch: { type: 'json', body: [...tests, ...write.patch.body] } };
}
