import type { UnknownObject } from '#api/k8s/meta.js';
import { isEqual, isObject } from '#core/json/json.js';
import { subjectOf } from '#core/kube/object.js';
import { subjectOfEntry } from '../apply/inventory.js';
import { withLeasedValues } from '../apply/lease.js';
import { isKubeObject } from '../build/manifests.js';
import type { KustomizationMemory } from './model/kustomization-run.js';

/** The fields that the source says otherwise than when it was applied last. */
export function editedFields(
  memory: KustomizationMemory,
  desired: UnknownObject | undefined,
  fields: readonly string[],
): readonly string[] {
  const before = desired === undefined ? undefined : payloadOf(memory, subjectOf(desired));
  if (desired === undefined || before === undefined) return [];
  return fields.filter((field) => !isEqual(withLeasedValues(desired, before, [field]), desired));
}

/** What was sent last for an object. */
export function payloadOf({ managed = [] }: KustomizationMemory, subject: string): UnknownObject | undefined {
  const of = managed.find(({ id, kind }) => subjectOfEntry({ id, v: kind.version }) === subject);
  const payload: unknown = of?.payload === undefined ? undefined : JSON.parse(of.payload);
  return isObject(payload) && isKubeObject(payload) ? payload : undefined;
}
