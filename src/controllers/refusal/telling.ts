import { rolloutEvents } from '#api/argoproj/words.js';
import type { KubeObject } from '#api/k8s/meta.js';
import type { Kind } from '#api/kinds.js';
import type { Instant } from '#core/time/instant.js';
import { type AppError, toAppError } from '#ports/errors.js';
import { writeStatusIfChanged, type WriteStatusOptions } from '#runtime/apply/write-status.js';
import type { ControllerDefinition, ReconcileKey } from '#runtime/controller/definition.js';
import type { ControllerDeps } from '#runtime/controller/deps.js';
import { isRefusal } from './refusal.js';

/** How objects of one kind tell that the cluster refused something. */
export interface Telling<O extends KubeObject & { readonly status?: unknown }> {
  readonly kind: Kind;
  /** The kinds without which nothing can be decided of this object. */
  readonly needs: (object: O) => readonly Kind[];
  /** Its status that says so; the next pass that goes through takes it back. Absent: the event says it alone. */
  readonly refused?: (object: O, why: string, now: Instant) => O['status'];
  readonly write?: WriteStatusOptions;
  /** Called when it was told: what the controller remembers of the object is no longer sure. */
  readonly forget?: (key: ReconcileKey) => void;
}

/**
 * The same controller, which says in status and events of an object what the cluster did not let through; the pass fails
 * as before. Kinds that may not be read hold up only objects that need them.
 */
export function tellingRefusals<O extends KubeObject & { readonly status?: unknown }>(
  definition: ControllerDefinition,
  deps: ControllerDeps,
  telling: Telling<O>,
): ControllerDefinition {
  /** What was said last, so that a lasting refusal is one event. */
  const said = new Map<string, string>();
  const read = (key: ReconcileKey) => deps.cache.get<O>(telling.kind, key.namespace, key.name);
  return {
    ...definition,
    watches: definition.watches.map((watch) =>
      watch.kind === telling.kind ? watch : { ...watch, isJudgedByPass: true },
    ),
    reconcile: async (key) => {
      const id = `${key.namespace ?? ''}/${key.name}`;
      try {
        requireKinds(deps, telling, read(key));
        const result = await definition.reconcile(key);
        said.delete(id);
        return result;
      } catch (thrown) {
        const error = toAppError(thrown);
        const object = read(key);
        if (object !== undefined && isRefusal(error)) {
          await tell(deps, telling, object, { error, isNews: said.get(id) !== error.message });
          said.set(id, error.message);
          telling.forget?.(key);
        }
        throw error;
      }
    },
  };
}

function requireKinds<O extends KubeObject>(
  { cache }: ControllerDeps,
  { needs }: Pick<Telling<O>, 'needs'>,
  object: O | undefined,
): void {
  const kinds = object === undefined ? [] : needs(object);
  const missing = kinds.map((kind) => cache.refusalOf?.(kind)).find((refusal) => refusal !== undefined);
  if (missing !== undefined) throw missing;
}

async function tell<O extends KubeObject & { readonly status?: unknown }>(
  { kube, clock, events }: ControllerDeps,
  { kind, refused, write = {} }: Telling<O>,
  object: O,
  { error, isNews }: { readonly error: AppError; readonly isNews: boolean },
): Promise<void> {
  const { reconciliationError: reason } = rolloutEvents;
  if (isNews) events.record(object, [{ type: 'Warning', reason, message: error.message }]);
  if (refused === undefined || object.metadata.deletionTimestamp !== undefined) return;
  try {
    await writeStatusIfChanged(kube, kind, object, refused(object, error.message, clock.now()), write);
  } catch {
    // The pass failed already, and is tried again: the status may be what is refused.
  }
}
