import type { UnknownObject } from '#api/k8s/meta.js';
import type { ApiRequest } from '../request.js';
import { apiVersionOfResource, type Resource } from '../resource-type.js';
import { badRequest, expired, tooLargeVersion } from '../status.js';
import { keyOf } from '../table.js';
import { present, type View } from '../view.js';
import { filterOf } from './filter.js';

/** The body of a list response. */
export interface ObjectListBody {
  readonly kind: string;
  readonly apiVersion: string;
  readonly metadata: {
    readonly resourceVersion: string;
    readonly continue?: string;
    readonly remainingItemCount?: number;
  };
  readonly items: readonly UnknownObject[];
}

interface Cursor {
  readonly version: number;
  readonly after: string;
}

/** Decides a `list`: one page, consistent with the version of the first page. */
export function list(view: View, resource: Resource, request: ApiRequest): ObjectListBody {
  const { query = {} } = request;
  const cursor =
    query['continue'] === undefined || query['continue'] === '' ? undefined : readCursor(query['continue']);
  const version = cursor?.version ?? versionOf(view, request);
  const all = objectsAt(view, resource, request, version);
  const filter = filterOf(resource, request);
  const rest = cursor === undefined ? all : all.filter((object) => keyOf(object) > cursor.after);
  const matching = filter === undefined ? rest : rest.filter(filter);
  const limit = Number(query['limit'] ?? 0);
  const page = limit > 0 ? matching.slice(0, limit) : matching;
  const last = page.at(-1);
  const hasMore = page.length < matching.length && last !== undefined;
  return {
    kind: resource.type.listKind,
    apiVersion: apiVersionOfResource(resource),
    metadata: {
      resourceVersion: String(version),
      ...(hasMore ? { continue: writeCursor({ version, after: keyOf(last) }) } : {}),
      ...(hasMore && filter === undefined ? { remainingItemCount: matching.length - page.length } : {}),
    },
    items: page.map((object) => present(resource, object)),
  };
}

function versionOf(view: View, request: ApiRequest): number {
  const { query = {} } = request;
  const current = view.table.version;
  const asked = readVersion(query['resourceVersion']);
  const match = query['resourceVersionMatch'];
  if (match === 'Exact' && asked === undefined)
    throw badRequest(
      'resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided',
    );
  if (asked !== undefined && asked > current) throw tooLargeVersion(asked, current);
  return match === 'Exact' && asked !== undefined ? asked : current;
}

/** A resourceVersion parameter as a number; `undefined` when absent or empty. */
export function readVersion(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (!/^\d+$/.test(text))
    throw badRequest(
      `Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
    );
  return Number(text);
}

function objectsAt(
  view: View,
  resource: Resource,
  request: ApiRequest,
  version: number,
): readonly UnknownObject[] {
  const { storageKey } = resource.type;
  const namespace = resource.type.namespaced ? request.namespace : undefined;
  if (version === view.table.version) return view.table.list(storageKey, namespace);
  const found = view.table.listAt(storageKey, namespace, version);
  if (found !== undefined) return found;
  throw expired(
    request.query?.['continue'] === undefined
      ? 'The resourceVersion for the provided list is too old.'
      : 'The provided continue parameter is too old to display a consistent list result. You must start a new list without the continue parameter.',
  );
}

function writeCursor(cursor: Cursor): string {
  return Buffer.from(
    JSON.stringify({ v: 'meta.k8s.io/v1', rv: cursor.version, start: cursor.after }),
  ).toString('base64url');
}

function readCursor(text: string): Cursor {
  try {
    const { rv, start } = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as {
      rv: number;
      start: string;
    };
    return { version: rv, after: start };
  } catch (thrown) {
    // Whatever is no cursor of ours was made up by the client.
    throw badRequest(
      `continue key is not valid: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
    );
  }
}
