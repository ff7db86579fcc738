import { onAbortKeys } from '#api/flux/words.js';
import { kinds } from '#api/kinds.js';
import { shaOf } from '#core/alert/commit-status.js';
import { gitVerbs, type GitRef, type GitRow, type GitVerb } from '../wire/git.js';
import { countDrift, driftOf } from './drift.js';
import type { GitInput, GitObject } from './git-input.js';
import { gitSentence } from './git-sentence.js';
import { gitAttention, gitStateOf } from './git-state.js';
import { leasesOf } from './leases.js';
import { asRollout, countKinds, managedRollouts, managedView, worstOf } from './managed.js';
import { shortRevision } from './revisions.js';

/** One node of the graph. `can` are the verbs that the reader may use; all when nobody asks. */
export function gitRowOf(input: GitInput, can: readonly GitVerb[] = gitVerbs): GitRow {
  const { object, now } = input;
  const { metadata, spec } = object;
  const state = gitStateOf(object);
  const views = input.managed.map((each) => managedView(each, now));
  const objects = countKinds(views);
  const worst = worstOf(objects.map(({ mark }) => mark));
  const drift = countDrift(driftOf(input.events), now);
  const revision = revisionOf(object);
  const facts = {
    revision: shortRevision(revision),
    waiting: waitingOf(input),
    drift,
    leased: leasesOf(object).length,
    held: input.managed.filter(isHeld).length,
  };
  const health = {
    all: views.length,
    healthy: views.filter(({ mark }) => mark === 'ok').length,
    unknown: views.filter(({ state: word }) => word === 'Unknown').length,
  };
  const isSource = object.kind !== kinds.kustomization.kind;
  return {
    ...refOf(object),
    uid: metadata.uid ?? '',
    resourceVersion: metadata.resourceVersion ?? '',
    mark: state.mark,
    state: state.word,
    sentence: gitSentence(state, { ...facts, isSource, objects: health }),
    attention: gitAttention(state, { ...facts, worst }),
    ...facts,
    commit: shaOf(revision) ?? null,
    since: state.since,
    isSuspended: spec?.suspend === true,
    source: sourceRefOf(object) ?? null,
    needs: needsOf(object),
    objects,
    rollouts: managedRollouts(input.managed, now),
    can,
  };
}

/** Names an object. */
export function refOf({ kind, metadata }: Pick<GitObject, 'kind' | 'metadata'>): GitRef {
  return { kind, namespace: metadata.namespace ?? '', name: metadata.name };
}

/** What a Kustomization applies; `undefined` for a source. */
export function sourceRefOf({ spec, metadata }: GitObject): GitRef | undefined {
  const ref = spec?.sourceRef;
  if (ref === undefined || spec?.interval === undefined) return undefined;
  return { kind: ref.kind, namespace: ref.namespace ?? metadata.namespace ?? '', name: ref.name };
}

/** The Kustomizations that must be ready before this one. */
function needsOf({ spec, metadata }: GitObject): readonly GitRef[] {
  return (spec?.dependsOn ?? []).map(({ name, namespace = metadata.namespace ?? '' }) => ({
    kind: kinds.kustomization.kind,
    namespace,
    name,
  }));
}

/** The revision that is in force: applied by a Kustomization, in store of a source. */
function revisionOf({ status }: GitObject): string {
  return status?.lastAppliedRevision ?? status?.artifact?.revision ?? '';
}

/** What the source has and the Kustomization has not applied. */
function waitingOf({ object, source }: GitInput): string {
  const has = source?.status?.artifact?.revision ?? '';
  return has === '' || has === revisionOf(object) ? '' : shortRevision(has);
}

function isHeld({ object }: GitInput['managed'][number]): boolean {
  return asRollout(object)?.metadata.annotations?.[onAbortKeys.held] !== undefined;
}
