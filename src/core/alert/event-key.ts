import { sha256Hex } from '#core/digest/sha256.js';
import { groupOf } from '#core/kube/object.js';
import type { FluxEvent } from './flux-event.js';

/** Equal for events that say the same of the same state of the same object. */
export function eventKey({ involvedObject, message, metadata = {} }: FluxEvent): string {
  const { kind, name, namespace, apiVersion = '' } = involvedObject;
  const group = groupOf(apiVersion);
  const ofState = ['originRevision', 'revision', 'token'].map(
    (key) => `${key}=${metadata[`${group}/${key}`] ?? ''}`,
  );
  return sha256Hex([kind, name, namespace, message, ...ofState].join('/'));
}
