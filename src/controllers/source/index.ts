import type { SourceObject } from '#api/flux/source.js';
import type { Kind } from '#api/kinds.js';
import type { EventRecord } from '#core/decision/decision.js';
import {
  decideSource,
  defaultSourceSettings,
  type SourceSettings,
} from '#core/gitops/source/decide-source.js';
import type { SourceModel, SourceTarget } from '#core/gitops/source/source-model.js';
import { withRefusal } from '#core/gitops/refused.js';
import { recordSourceObservation, type SourceMemory } from '#core/gitops/source/source-run.js';
import type { ArtifactStore } from '#ports/artifact-store.js';
import { writeStatusIfChanged } from '#runtime/apply/write-status.js';
import type { ControllerDefinition, ReconcileKey, ReconcileResult } from '#runtime/controller/definition.js';
import type { ControllerDeps } from '#runtime/controller/deps.js';
import { tellingRefusals } from '../refusal/telling.js';
import { executeSourceAction } from './execute.js';
import type { SourceHands } from './hands.js';

export interface SourceDeps extends ControllerDeps {
  readonly artifacts: ArtifactStore;
  readonly settings?: Partial<SourceSettings>;
}

/** One kind of source: its name as a controller, its model and what it does with the world. */
export interface SourceKind<O extends SourceObject, S, T extends SourceTarget> {
  readonly name: string;
  readonly kind: Kind;
  readonly model: SourceModel<O, S, T>;
  readonly hands: SourceHands<O, S, T>;
}

/** Passes at the same time: they wait for remotes most of the time. */
const workers = 8;

/** Turns what a remote offers into artifacts that Kustomizations read. */
export function createSourceController<O extends SourceObject, S, T extends SourceTarget>(
  deps: SourceDeps,
  source: SourceKind<O, S, T>,
): ControllerDefinition {
  const memories = new Map<string, SourceMemory<S>>();
  const definition: ControllerDefinition = {
    name: source.name,
    workers,
    watches: [
      {
        kind: source.kind,
        keysOf: ({ metadata: { namespace, name } }) => [
          { name, ...(namespace === undefined ? {} : { namespace }) },
        ],
      },
    ],
    reconcile: (key) => reconcile(deps, source, memories, key),
  };
  return tellingRefusals<O>(definition, deps, {
    kind: source.kind,
    needs: () => [],
    refused: withRefusal,
    forget: (key) => forget(memories, key),
  });
}

async function reconcile<O extends SourceObject, S, T extends SourceTarget>(
  deps: SourceDeps,
  { kind, model, hands }: SourceKind<O, S, T>,
  memories: Map<string, SourceMemory<S>>,
  key: ReconcileKey,
): Promise<ReconcileResult> {
  const object = deps.cache.get<O>(kind, key.namespace, key.name);
  if (object === undefined) {
    forget(memories, key);
    return {};
  }
  const id = `${idOf(key)}|${object.metadata.uid ?? ''}`;
  const around = hands.observe?.(object) ?? {};
  const decision = decideSource(model, {
    now: deps.clock.now(),
    object,
    memory: memories.get(id) ?? {},
    settings: { ...defaultSourceSettings, ...deps.settings },
    ...around,
  });
  let { memory } = decision;
  const events: EventRecord[] = [...decision.events];
  for (const action of decision.actions) {
    const context = { ...deps, kind, hands, object, included: around.included };
    const effect = await executeSourceAction(context, action);
    if (effect.seen !== undefined) memory = recordSourceObservation(memory, effect.seen);
    events.push(...(effect.events ?? []));
  }
  if (object.metadata.deletionTimestamp === undefined) {
    await writeStatusIfChanged(deps.kube, kind, object, decision.status);
  }
  deps.events.record(object, events);
  memories.set(id, memory);
  deps.log.debug('decided', { object: `${model.kind}/${idOf(key)}`, because: decision.because });
  return decision.requeueAt === undefined ? {} : { requeueAt: decision.requeueAt };
}

/** Forgets an object of any uid. */
function forget(memories: Map<string, unknown>, key: ReconcileKey): void {
  for (const known of memories.keys()) if (known.startsWith(`${idOf(key)}|`)) memories.delete(known);
}

function idOf({ namespace, name }: ReconcileKey): string {
  return `${namespace ?? ''}/${name}`;
}
