import type { UnknownObject } from '#api/k8s/meta.js';
import { isTrue, type ApiRequest, type ApiWatchEvent } from '../request.js';
import type { HistoryEntry } from '../ring.js';
import { apiVersionOfResource, type Resource } from '../resource-type.js';
import { expired, tooLargeVersion } from '../status.js';
import { present, type View } from '../view.js';
import { withMetadata } from '../write/metadata.js';
import type { Filter } from './fields.js';
import { filterOf } from './filter.js';
import { readVersion } from './list.js';

/** An open watch as a value: what it selects and up to which version it has been told everything. */
export interface WatchPlan {
  readonly resource: Resource;
  readonly namespace: string | undefined;
  readonly filter: Filter | undefined;
  readonly startVersion: number;
  /** What is told at once. */
  readonly initial: readonly ApiWatchEvent[];
  readonly wantsBookmarks: boolean;
}

/** Decides what a `watch` begins with; throws a StatusError when it cannot begin. */
export function planWatch(view: View, resource: Resource, request: ApiRequest): WatchPlan {
  const { query = {} } = request;
  const filter = filterOf(resource, request);
  const namespace = resource.type.namespaced ? request.namespace : undefined;
  const wantsBookmarks = isTrue(query['allowWatchBookmarks'] ?? 'false');
  const base = { resource, namespace, filter, startVersion: view.table.version, wantsBookmarks };
  const asked = readVersion(query['resourceVersion']);
  const sendsInitial = query['sendInitialEvents'];
  if (sendsInitial === undefined ? asked === undefined || asked === 0 : isTrue(sendsInitial)) {
    const end =
      isTrue(sendsInitial ?? 'false') && wantsBookmarks ? [bookmark(resource, view.table.version, true)] : [];
    return { ...base, initial: [...initialEvents(view, base), ...end] };
  }
  const from = asked ?? view.table.version;
  if (from > view.table.version) throw tooLargeVersion(from, view.table.version);
  const missed = view.table.since(resource.type.storageKey, from);
  if (missed === undefined) throw expired(`too old resource version: ${from} (${view.table.version})`);
  return { ...base, initial: missed.flatMap((entry) => eventsOf(base, entry)) };
}

function initialEvents(view: View, plan: Omit<WatchPlan, 'initial'>): readonly ApiWatchEvent[] {
  return view.table
    .list(plan.resource.type.storageKey, plan.namespace)
    .filter((object) => plan.filter?.(object) ?? true)
    .map((object) => ({ type: 'ADDED', object: present(plan.resource, object) }));
}

/** What a change means for one watch: nothing, or one event. An object that leaves the selection is told as deleted. */
export function eventsOf(
  plan: Pick<WatchPlan, 'resource' | 'namespace' | 'filter'>,
  entry: HistoryEntry<UnknownObject>,
): readonly ApiWatchEvent[] {
  const selects = (object: UnknownObject | undefined): boolean =>
    object !== undefined &&
    (plan.namespace === undefined || object.metadata.namespace === plan.namespace) &&
    (plan.filter?.(object) ?? true);
  const { before, after } = entry;
  const was = selects(before);
  if (after !== undefined && selects(after))
    return [{ type: was ? 'MODIFIED' : 'ADDED', object: present(plan.resource, after) }];
  if (!was) return [];
  return [{ type: 'DELETED', object: present(plan.resource, entry.removed ?? leaving(entry)) }];
}

const leavers = new WeakMap<HistoryEntry<UnknownObject>, UnknownObject>();

function leaving(entry: HistoryEntry<UnknownObject>): UnknownObject {
  const known = leavers.get(entry);
  if (known !== undefined) return known;
  const last = withMetadata(entry.before as UnknownObject, { resourceVersion: String(entry.version) });
  leavers.set(entry, last);
  return last;
}

/** The event that only says which version the watcher has seen. */
export function bookmark(resource: Resource, version: number, endsInitial = false): ApiWatchEvent {
  const annotations = endsInitial ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {};
  const metadata = { resourceVersion: String(version), ...annotations };
  return {
    type: 'BOOKMARK',
    object: { kind: resource.type.kind, apiVersion: apiVersionOfResource(resource), metadata },
  };
}
