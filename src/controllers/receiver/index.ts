import type { Receiver } from '#api/flux/receiver.js';
import { fluxFinalizer } from '#api/flux/words.js';
import { kinds } from '#api/kinds.js';
import { decideReceiver, type ReceiverAction, type TokenOutcome } from '#core/receiver/decide-receiver.js';
import { expressionProblemOf } from '#core/receiver/expressions.js';
import { addFinalizer, removeFinalizer } from '#runtime/apply/finalizers.js';
import { writeStatusIfChanged } from '#runtime/apply/write-status.js';
import type { ControllerDefinition, ReconcileKey, ReconcileResult } from '#runtime/controller/definition.js';
import type { ControllerDeps } from '#runtime/controller/deps.js';
import { readToken } from './secret.js';

/** Gives Receivers their path. Calls themselves are answered by {@link createHookHandler}, which reads what this wrote. */
export function createReceiverController(deps: ControllerDeps): ControllerDefinition {
  const tokens = new Map<string, TokenOutcome>();
  return {
    name: 'receiver',
    workers: 4,
    watches: [
      {
        kind: kinds.receiver,
        optional: true,
        keysOf: ({ metadata: { namespace, name } }) => [
          { name, ...(namespace === undefined ? {} : { namespace }) },
        ],
      },
    ],
    reconcile: (key) => reconcile(deps, tokens, key),
  };
}

async function reconcile(
  deps: ControllerDeps,
  tokens: Map<string, TokenOutcome>,
  key: ReconcileKey,
): Promise<ReconcileResult> {
  const object = deps.cache.get<Receiver>(kinds.receiver, key.namespace, key.name);
  const id = `${key.namespace ?? ''}/${key.name}`;
  // Every pass reads the token anew: what the last one read is for the pass that it led to.
  const token = tokens.get(id);
  tokens.delete(id);
  if (object === undefined) return {};
  const expressionProblem = expressionProblemOf(object);
  const decision = decideReceiver({
    now: deps.clock.now(),
    object,
    ...(token === undefined ? {} : { token }),
    ...(expressionProblem === undefined ? {} : { expressionProblem }),
  });
  for (const action of decision.actions) {
    const seen = await execute(deps, object, action);
    if (seen !== undefined) tokens.set(id, seen);
  }
  if (object.metadata.deletionTimestamp === undefined)
    await writeStatusIfChanged(deps.kube, kinds.receiver, object, decision.status);
  deps.events.record(object, decision.events);
  return decision.requeueAt === undefined ? {} : { requeueAt: decision.requeueAt };
}

async function execute(
  { kube }: ControllerDeps,
  object: Receiver,
  action: ReceiverAction,
): Promise<TokenOutcome | undefined> {
  switch (action.kind) {
    case 'addFinalizer':
      await addFinalizer(kube, kinds.receiver, object, fluxFinalizer);
      return undefined;
    case 'removeFinalizer':
      await removeFinalizer(kube, kinds.receiver, object, fluxFinalizer);
      return undefined;
    case 'readToken':
      return readToken(kube, object);
  }
}
