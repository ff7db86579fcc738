import type { Kind } from '#api/kinds.js';
import type { SourceObject } from '#api/flux/source.js';
import { fluxFinalizer, fluxReasons } from '#api/flux/words.js';
import type { EventRecord } from '#core/decision/decision.js';
import type { SourceAction } from '#core/gitops/source/decide-source.js';
import type { Observed, SourceTarget } from '#core/gitops/source/source-model.js';
import type { SourceObservation } from '#core/gitops/source/source-run.js';
import type { ArtifactOwner, ArtifactStore } from '#ports/artifact-store.js';
import type { Kube } from '#ports/kube.js';
import { addFinalizer, removeFinalizer } from '#runtime/apply/finalizers.js';
import type { SourceHands } from './hands.js';

/** What an action gave: something seen, or something to tell. */
export interface SourceEffect<S> {
  readonly seen?: SourceObservation<S>;
  readonly events?: readonly EventRecord[];
}

interface Context<O extends SourceObject, S, T extends SourceTarget> {
  readonly kube: Kube;
  readonly artifacts: ArtifactStore;
  readonly kind: Kind;
  readonly hands: SourceHands<O, S, T>;
  readonly object: O;
  readonly included: Observed | undefined;
}

type Handler<A> = <O extends SourceObject, S, T extends SourceTarget>(
  context: Context<O, S, T>,
  action: A & SourceAction<T>,
) => Promise<SourceEffect<S>>;

type Handlers = {
  readonly [K in SourceAction<SourceTarget>['kind']]: Handler<{ readonly kind: K }>;
};

const handlers = {
  addFinalizer: async ({ kube, kind, object }) => {
    await addFinalizer(kube, kind, object, fluxFinalizer);
    return {};
  },
  removeFinalizer: async ({ kube, kind, object }) => {
    await removeFinalizer(kube, kind, object, fluxFinalizer);
    return {};
  },
  removeArtifacts: async ({ artifacts, object }) => {
    const count = await artifacts.remove(ownerOf(object));
    return count === 0 ? {} : told('garbage collected artifacts for deleted resource');
  },
  collectGarbage: async ({ artifacts, object }, { current }) => {
    const gone = await artifacts.collect(ownerOf(object), current);
    return gone.length === 0 ? {} : told(`garbage collected ${gone.length} artifacts`);
  },
  verifyArtifact: async ({ artifacts, object }) => {
    const artifact = object.status?.artifact;
    if (artifact === undefined) return {};
    const stored = await artifacts.verify(artifact);
    return { seen: { kind: 'stored', stored, url: artifacts.urlOf(artifact.path) } };
  },
  lookAtRemote: async ({ hands, object }) => ({ seen: { kind: 'seen', seen: await hands.look(object) } }),
  verifySource: async ({ hands, object }, { target }) => {
    const verified = await hands.verify?.(object, target);
    return verified === undefined ? {} : { seen: { kind: 'verified', verified } };
  },
  fetchSource: async ({ hands, object, included }, { target }) => ({
    seen: { kind: 'fetched', fetched: await hands.fetch(object, target, included) },
  }),
} satisfies Handlers;

/** Performs one action. */
export function executeSourceAction<O extends SourceObject, S, T extends SourceTarget>(
  context: Context<O, S, T>,
  action: SourceAction<T>,
): Promise<SourceEffect<S>> {
  // The record is keyed by `kind`, so the handler found is the one for this action.
  const handler = handlers[action.kind] as Handler<{ readonly kind: string }>;
  return handler(context, action);
}

/** Whose artifacts these are. */
export function ownerOf({ kind, metadata }: SourceObject): ArtifactOwner {
  return { kind, namespace: metadata.namespace ?? '', name: metadata.name };
}

function told(message: string): SourceEffect<never> {
  const reason = fluxReasons.garbageCollectionSucceeded;
  return { events: [{ type: 'Normal', reason, message, isTrace: true }] };
}
