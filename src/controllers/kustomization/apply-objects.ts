import { fluxFieldManager } from '#api/flux/words.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import type { InventoryEntry, Kustomization } from '#api/flux/kustomization.js';
import { mayPrune } from '#core/gitops/apply/controls.js';
import { takeOver } from '#core/gitops/apply/field-managers.js';
import { inventoryId, parseInventoryEntry } from '#core/gitops/apply/inventory.js';
import { withoutUndeclared } from '#core/gitops/apply/undeclared.js';
import type {
  AppliedObject,
  InspectedObject,
  MergedObject,
  PrunedEntry,
} from '#core/gitops/kustomization/model/kustomization-run.js';
import type { Payload } from '#core/gitops/kustomization/model/kustomization-snapshot.js';
import { subjectOf } from '#core/kube/object.js';
import { addMs } from '#core/time/instant.js';
import type { Clock } from '#ports/clock.js';
import { AppError } from '#ports/errors.js';
import type { Kube, ObjectKey } from '#ports/kube.js';
import { problemText } from './problem-text.js';

const concurrency = 4;
/** How often and how many times to look whether a deleted object is gone. */
const lookMs = 250;
const mostLooks = 120;
const asFlux = { fieldManager: fluxFieldManager };

/** What applying needs. */
export interface ApplyPorts {
  /** The server that the objects are for, as whom they are applied. */
  readonly kube: Kube;
  readonly clock: Clock;
  readonly overrideManagers: readonly string[];
}

/** Looks at every object of a stage: which API serves it and how it stands. */
export function inspectObjects(
  kube: Kube,
  objects: readonly UnknownObject[],
): Promise<readonly InspectedObject[]> {
  return inParallel(objects, async (object): Promise<InspectedObject> => {
    const id = inventoryId(object);
    const subject = subjectOf(object);
    const kind = await kube.resolve(object.apiVersion, object.kind);
    if (kind === undefined) {
      const message = `no matches for kind "${object.kind}" in version "${object.apiVersion}"`;
      return {
        id,
        problem: `${subject} dry-run failed: ${message}; apply its CustomResourceDefinition first`,
      };
    }
    const { name, namespace } = object.metadata;
    if (kind.namespaced && namespace === undefined) {
      return {
        id,
        kind,
        problem: `${subject} namespace not specified; set metadata.namespace or spec.targetNamespace`,
      };
    }
    try {
      const live = await kube.get({
        kind,
        name,
        ...(kind.namespaced && namespace !== undefined ? { namespace } : {}),
      });
      return { id, kind, ...(live === undefined ? {} : { live }) };
    } catch (thrown) {
      const text = problemText(thrown, object);
      const isRefused = thrown instanceof AppError && thrown.code === 'KubeForbidden';
      const what = isRefused ? `dry-run failed${reasonOf(thrown)}` : 'could not be read';
      return { id, kind, problem: `${subject} ${what}: ${text}` };
    }
  });
}

/** Asks the server what it would store. `undefined`: an object changed since it was inspected. */
export async function dryRunObjects(
  { kube }: ApplyPorts,
  payloads: readonly Payload[],
): Promise<readonly MergedObject[] | undefined> {
  let isStale = false;
  const merged = await inParallel(payloads, async ({ id, kind, body }): Promise<MergedObject> => {
    try {
      return { id, merged: await send(kube, { ...keyOf(kind, body) }, body, true) };
    } catch (thrown) {
      if (thrown instanceof AppError && thrown.code === 'KubeConflict') isStale = true;
      const text = problemText(thrown, body);
      return {
        id,
        problem: `${subjectOf(body)} dry-run failed${reasonOf(thrown)}: ${text}`,
        ...(isImmutableText(text) ? { isImmutable: true } : {}),
      };
    }
  });
  return isStale ? undefined : merged;
}

/** The word of the server for why, in brackets. */
function reasonOf(thrown: unknown): string {
  const code = thrown instanceof AppError ? thrown.code : undefined;
  if (code === 'KubeForbidden') return ' (Forbidden)';
  return code === 'KubeInvalid' ? ' (Invalid)' : '';
}

function isImmutableText(text: string): boolean {
  return /is immutable|immutable field|may not be changed/i.test(text);
}

/** What was applied, and whether it ended because an object was changed since it was looked at. */
export interface AppliedStage {
  readonly applied: readonly AppliedObject[];
  readonly isStale: boolean;
}

/** Applies one after the other; the first failure ends it. */
export async function applyObjects(ports: ApplyPorts, payloads: readonly Payload[]): Promise<AppliedStage> {
  const applied: AppliedObject[] = [];
  for (const payload of payloads) {
    const { id, body, isTrial } = payload;
    try {
      applied.push({ id, object: await applyOne(ports, payload) });
    } catch (thrown) {
      if (thrown instanceof AppError && thrown.code === 'KubeConflict') return { applied, isStale: true };
      const verb = isTrial === true && applied.length === 0 ? 'dry-run' : 'apply';
      const problem = `${subjectOf(body)} ${verb} failed${reasonOf(thrown)}: ${problemText(thrown, body)}`;
      applied.push({ id, problem, ...(isUncertain(thrown) ? { isUncertain: true } : {}) });
      break;
    }
  }
  return { applied, isStale: false };
}

/** Nobody knows whether the server has done it. */
function isUncertain(thrown: unknown): boolean {
  return thrown instanceof AppError && thrown.class === 'Transient';
}

async function applyOne(ports: ApplyPorts, payload: Payload): Promise<UnknownObject> {
  const { kube } = ports;
  const { kind, body, isRecreated, takeOver: operations } = payload;
  const key = keyOf(kind, body);
  if (isRecreated) return recreate(ports, payload);
  if (operations.length > 0) await kube.patch(key, { type: 'json', body: operations }, asFlux);
  // Taking over has made a new version.
  const sent = operations.length > 0 ? withoutVersion(body) : body;
  let stored: UnknownObject;
  try {
    stored = await send(kube, key, sent, false);
  } catch (thrown) {
    if (!payload.mayRecreate || !isImmutableText(problemText(thrown, body))) throw thrown;
    return recreate(ports, payload);
  }
  const left = operations.length > 0 ? [] : takeOver(stored, body, ports.overrideManagers);
  if (left.length === 0) return stored;
  await kube.patch(key, { type: 'json', body: left }, asFlux);
  return send(kube, key, withoutVersion(body), false);
}

/** Deletes what is there, waits until it is gone and makes it anew. */
async function recreate(ports: ApplyPorts, { kind, body }: Payload): Promise<UnknownObject> {
  const { kube, clock } = ports;
  const key = keyOf(kind, body);
  await kube.delete(key, { propagationPolicy: 'Background' });
  for (let looks = 0; (await kube.get(key)) !== undefined; looks += 1) {
    if (looks === mostLooks) {
      throw new AppError(
        'KubeTimeout',
        `${subjectOf(body)}: it is still being deleted; remove its finalizers`,
      );
    }
    await new Promise<void>((resolve) => clock.schedule(addMs(clock.now(), lookMs), resolve));
  }
  return send(kube, key, withoutVersion(body), false);
}

/** Deletes what is still ours; what others took over or the user keeps is left alone. */
export async function pruneObjects(
  kube: Kube,
  object: Kustomization,
  entries: readonly InventoryEntry[],
): Promise<readonly PrunedEntry[]> {
  const owner = { name: object.metadata.name, namespace: object.metadata.namespace ?? '' };
  const pruned: PrunedEntry[] = [];
  for (const entry of entries) {
    try {
      pruned.push({ entry, result: await pruneOne(kube, owner, entry) });
    } catch (thrown) {
      pruned.push({ entry, result: 'failed', problem: problemText(thrown) });
    }
  }
  return pruned;
}

async function pruneOne(
  kube: Kube,
  owner: { readonly namespace: string; readonly name: string },
  entry: InventoryEntry,
): Promise<'deleted' | 'kept' | 'gone'> {
  const ref = parseInventoryEntry(entry);
  if (ref === undefined) return 'gone';
  const kind = await kube.resolve(ref.group === '' ? ref.version : `${ref.group}/${ref.version}`, ref.kind);
  if (kind === undefined) return 'gone';
  const place = ref.namespace === undefined ? {} : { namespace: ref.namespace };
  const key = { kind, name: ref.name, ...place };
  const live = await kube.get(key);
  if (live === undefined || live.metadata.deletionTimestamp !== undefined) return 'gone';
  if (!mayPrune(live, owner)) return 'kept';
  const { uid } = live.metadata;
  await kube.delete(key, { propagationPolicy: 'Background', ...(uid === undefined ? {} : { uid }) });
  return 'deleted';
}

/** As the peer does, what a kind of Kubernetes does not have is left out, and nobody is told. */
async function send(
  kube: Kube,
  key: ObjectKey,
  body: UnknownObject,
  dryRun: boolean,
): Promise<UnknownObject> {
  const options = { fieldManager: fluxFieldManager, ...(dryRun ? { dryRun } : {}) };
  try {
    return await kube.patch(key, { type: 'apply', body, force: true }, options);
  } catch (thrown) {
    const declared = thrown instanceof AppError ? withoutUndeclared(body, thrown.message) : undefined;
    if (declared === undefined) throw thrown;
    return kube.patch(key, { type: 'apply', body: declared, force: true }, options);
  }
}

function keyOf(kind: Payload['kind'], { metadata: { name, namespace } }: UnknownObject): ObjectKey {
  return { kind, name, ...(kind.namespaced && namespace !== undefined ? { namespace } : {}) };
}

function withoutVersion(body: UnknownObject): UnknownObject {
  const { resourceVersion: _version, ...metadata } = body.metadata;
  return { ...body, metadata };
}

async function inParallel<A, B>(items: readonly A[], work: (item: A) => Promise<B>): Promise<readonly B[]> {
  const results: B[] = [];
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < items.length; index = next++) {
      const item = items[index];
      if (item !== undefined) results[index] = await work(item);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return results;
}
