import type { UnknownObject } from '#api/k8s/meta.js';
import { deepFreeze, isObject } from '#core/json/json.js';
import { addMs, formatInstant } from '#core/time/instant.js';
import type { ApiRequest } from '../request.js';
import type { Resource } from '../resource-type.js';
import { badRequest, conflict, deletedStatus, uidConflict } from '../status.js';
import { present, type Outcome, type View } from '../view.js';
import { isDry } from './create.js';
import { changeFinalizers, withMetadata } from './metadata.js';
import { hasNamespaceFinalizers } from './replace.js';
import { storedObject } from './update.js';

interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: string;
  readonly orphanDependents?: boolean;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

/** Decides a `delete`: at once, after the grace period, or when the finalizers are gone. */
export function remove(view: View, resource: Resource, request: ApiRequest): Outcome {
  const stored = storedObject(view, resource, request);
  const options = optionsOf(request);
  checkDeletePreconditions(resource, stored, options);
  const finalizers = finalizersFor(stored, options.propagationPolicy);
  const grace = resource.type.rules.gracePeriodOf?.(stored, options.gracePeriodSeconds) ?? 0;
  const mustWait =
    grace > 0 || finalizers !== undefined || (stored.kind === 'Namespace' && hasNamespaceFinalizers(stored));
  return mustWait
    ? markDeleted(view, resource, request, { next: withMetadata(stored, { finalizers }), stored, grace })
    : removeNow(view, resource, request, stored);
}

function optionsOf(request: ApiRequest): DeleteOptions {
  const { query = {} } = request;
  const body = isObject(request.body) ? (request.body as DeleteOptions) : {};
  const grace = query['gracePeriodSeconds'];
  const policy =
    query['propagationPolicy'] ??
    body.propagationPolicy ??
    (body.orphanDependents === true ? 'Orphan' : undefined);
  if (policy !== undefined && !['Orphan', 'Background', 'Foreground'].includes(policy))
    throw badRequest(
      `invalid DeleteOptions: propagationPolicy: Unsupported value: ${JSON.stringify(policy)}: supported values: "Foreground", "Background", "Orphan", "nil"`,
    );
  return {
    ...body,
    ...(grace === undefined ? {} : { gracePeriodSeconds: Number(grace) }),
    ...(policy === undefined ? {} : { propagationPolicy: policy }),
  };
}

function checkDeletePreconditions(resource: Resource, stored: UnknownObject, options: DeleteOptions): void {
  const { uid, resourceVersion } = options.preconditions ?? {};
  const { metadata } = stored;
  if (uid !== undefined && uid !== metadata.uid) throw uidConflict(resource.type, stored, uid);
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion)
    throw conflict(
      resource.type,
      metadata.name,
      `Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${metadata.resourceVersion}`,
    );
}

function finalizersFor(stored: UnknownObject, policy: string | undefined): readonly string[] | undefined {
  switch (policy) {
    case 'Foreground':
      return changeFinalizers(stored, ['foregroundDeletion'], ['orphan']);
    case 'Orphan':
      return changeFinalizers(stored, ['orphan'], ['foregroundDeletion']);
    case 'Background':
      return changeFinalizers(stored, [], ['foregroundDeletion', 'orphan']);
    default:
      return changeFinalizers(stored, [], []);
  }
}

/** The object before and after its finalizers are settled, and the seconds that it has left. */
interface Marking {
  readonly next: UnknownObject;
  readonly stored: UnknownObject;
  readonly grace: number;
}

function markDeleted(
  view: View,
  resource: Resource,
  request: ApiRequest,
  { next, stored, grace }: Marking,
): Outcome {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, generation, finalizers } = next.metadata;
  const isShorter = deletionTimestamp === undefined || grace < deletionGracePeriodSeconds;
  const isSame = finalizers?.join() === stored.metadata.finalizers?.join();
  if (!isShorter && isSame) return { response: { code: 200, body: present(resource, stored) } };
  const marked = withMetadata(next, {
    ...(isShorter
      ? { deletionTimestamp: formatInstant(addMs(view.now, grace * 1000)), deletionGracePeriodSeconds: grace }
      : {}),
    generation: generation === undefined || deletionTimestamp !== undefined ? generation : generation + 1,
    resourceVersion: String(view.table.version + 1),
  });
  const terminating = marked.kind === 'Namespace' ? { ...marked, status: { phase: 'Terminating' } } : marked;
  const after = deepFreeze(terminating);
  const response = { code: 200, body: present(resource, after) };
  if (isDry(request)) return { response };
  return { response, change: { storageKey: resource.type.storageKey, before: stored, after } };
}

function removeNow(view: View, resource: Resource, request: ApiRequest, stored: UnknownObject): Outcome {
  const { type } = resource;
  const last = withMetadata(stored, { resourceVersion: String(view.table.version + 1) });
  const removed = deepFreeze(last);
  const isPod = type.kind === 'Pod' && type.group === '';
  const body = isPod
    ? present(resource, removed)
    : deletedStatus(type, stored.metadata.name, stored.metadata.uid);
  const response = { code: 200, body };
  if (isDry(request)) return { response };
  return { response, change: { storageKey: type.storageKey, before: stored, removed } };
}
