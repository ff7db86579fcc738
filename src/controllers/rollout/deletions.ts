import { rolloutEvents } from '#api/argoproj/words.js';
import type { KubeObject } from '#api/k8s/meta.js';
import type { EventRecorder } from '#ports/event-recorder.js';
import type { ReconcileKey } from '#runtime/controller/definition.js';

/** Tells once of each Rollout that was here and is gone. */
export interface DeletionTeller {
  know(key: ReconcileKey, rollout: KubeObject): void;
  tell(key: ReconcileKey): void;
}

/** Remembers who is meant, since nothing is left to read when the deletion is heard of. */
export function deletionTeller(events: EventRecorder): DeletionTeller {
  const known = new Map<string, KubeObject>();
  const idOf = ({ namespace, name }: ReconcileKey) => `${namespace ?? ''}/${name}`;
  return {
    know: (key, { apiVersion, kind, metadata }) => {
      const { name, namespace, uid } = metadata;
      const who = {
        name,
        ...(namespace === undefined ? {} : { namespace }),
        ...(uid === undefined ? {} : { uid }),
      };
      known.set(idOf(key), { apiVersion, kind, metadata: who });
    },
    tell: (key) => {
      const rollout = known.get(idOf(key));
      if (rollout === undefined) return;
      known.delete(idOf(key));
      // The peer's text has the name before the namespace.
      const message = `Rollout ${key.name}/${key.namespace ?? ''} is deleted.`;
      events.record(rollout, [{ type: 'Normal', reason: rolloutEvents.rolloutDeleted, message }]);
    },
  };
}
