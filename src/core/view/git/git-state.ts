import { fluxConditions as types, fluxReasons as reasons } from '#api/flux/words.js';
import type { Condition } from '#api/k8s/meta.js';
import { findCondition } from '#core/kube/conditions.js';
import { parseInstant } from '#core/time/instant.js';
import type { Attention, Mark } from '../wire/list.js';
import type { GitObject } from './git-input.js';

/** Where a source or Kustomization stands; `message` is the controller's. */
export interface GitState {
  readonly word: 'Ready' | 'Failed' | 'Unhealthy' | 'Reconciling' | 'Waiting' | 'Suspended' | 'Unknown';
  readonly mark: Mark;
  readonly reason: string;
  readonly message: string;
  readonly since: number | null;
}

/** The state as a reader must see it: a status that is older than the spec is never called ready. */
export function gitStateOf(object: GitObject): GitState {
  const { spec, status, metadata } = object;
  const ready = findCondition(status?.conditions, types.ready);
  const said = { reason: ready?.reason ?? '', message: ready?.message ?? '', since: sinceOf(ready) };
  if (metadata.deletionTimestamp !== undefined)
    return { ...said, word: 'Waiting', mark: 'wait', message: 'it is being deleted' };
  if (spec?.suspend === true) return { ...said, word: 'Suspended', mark: 'off' };
  if (ready === undefined)
    return { ...said, word: 'Unknown', mark: 'off', message: 'no controller has looked at it yet' };
  if (isBehind(object) && ready.status !== 'False')
    return { ...said, word: 'Reconciling', mark: 'run', message: 'its spec is newer than its status' };
  return { ...said, ...wordOf(ready, status?.conditions) };
}

function wordOf(
  ready: Condition,
  conditions: readonly Condition[] | undefined,
): Pick<GitState, 'word' | 'mark'> {
  if (ready.status === 'True') return { word: 'Ready', mark: 'ok' };
  if (ready.status === 'Unknown') return { word: 'Reconciling', mark: 'run' };
  if (ready.reason === reasons.dependencyNotReady) return { word: 'Waiting', mark: 'wait' };
  const isStalled = findCondition(conditions, types.stalled)?.status === 'True';
  const isUnhealthy = ready.reason === reasons.healthCheckFailed && !isStalled;
  return { word: isUnhealthy ? 'Unhealthy' : 'Failed', mark: 'bad' };
}

function isBehind({ metadata, status }: GitObject): boolean {
  const { observedGeneration } = status ?? {};
  const { generation } = metadata;
  return observedGeneration !== undefined && generation !== undefined && observedGeneration < generation;
}

function sinceOf(condition: Condition | undefined): number | null {
  return parseInstant(condition?.lastTransitionTime) ?? null;
}

/** How urgent it is, on the scale of the list of Rollouts. */
export function gitAttention(
  state: GitState,
  { held, drift, worst }: { readonly held: number; readonly drift: number; readonly worst: Mark },
): Attention {
  const { since } = state;
  if (state.mark === 'bad') return { class: 1, since };
  if (worst === 'bad') return { class: 2, since };
  if (held > 0) return { class: 3, since };
  if (state.word === 'Waiting' || state.word === 'Unknown') return { class: 4, since };
  if (state.word === 'Suspended' || drift > 0) return { class: 5, since };
  return { class: state.word === 'Reconciling' ? 6 : 8, since };
}
