import type { ServerResponse } from 'node:http';
import type { UnknownObject } from '#api/k8s/meta.js';
import type { ApiRequest, ApiWatchEvent } from '#sandbox/store/request.js';
import type { Resource } from '#sandbox/store/resource-type.js';
import type { Status } from '#sandbox/store/status.js';
import type { ApiStore } from '#sandbox/store/store.js';
import type { Form } from './media.js';
import { sendStatus, textOf } from './respond.js';
import { partialMetadata, tableOf, type IncludeObject } from './table/table.js';

/** A client that does not read loses its watch when this many bytes wait for it. */
const maxWaitingBytes = 16 * 1024 * 1024;

/** Streams a watch as JSON lines until the client leaves, the store ends it, or the client reads too slowly. */
export function streamWatch(
  store: ApiStore,
  request: ApiRequest,
  response: ServerResponse,
  form: Form,
  include: IncludeObject,
): void {
  const resource = store.view().registry.find(request.group, request.version, request.resource);
  let hasBegun = false;
  const begin = (): void => {
    if (hasBegun) return;
    hasBegun = true;
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' });
    response.flushHeaders();
  };
  const onEvent = (event: ApiWatchEvent): void => {
    const isRefusal = !hasBegun && event.type === 'ERROR' && (event.object as Status).code !== 410;
    if (isRefusal) return sendStatus(response, event.object as Status);
    begin();
    response.write(lineOf(event, formed(store, resource, event, form, include)));
    if (response.writableLength > maxWaitingBytes) response.destroy();
  };
  const stop = store.watch(request, onEvent, () => response.end());
  response.on('close', stop);
  if (!response.writableEnded) begin();
}

function lineOf(event: ApiWatchEvent, object: object): string {
  return `{"type":"${event.type}","object":${textOf(object)}}\n`;
}

const forms = new WeakMap<object, Map<string, object>>();

/** The object of an event in the form that the client wants; made once for all clients that want it. */
function formed(
  store: ApiStore,
  resource: Resource | undefined,
  event: ApiWatchEvent,
  form: Form,
  include: IncludeObject,
): object {
  const object = event.object as UnknownObject;
  if (form === 'object' || event.type === 'ERROR' || resource === undefined) return object;
  if (event.type === 'BOOKMARK' && form === 'table')
    return {
      kind: 'Table',
      apiVersion: 'meta.k8s.io/v1',
      metadata: object.metadata,
      columnDefinitions: [],
      rows: [],
    };
  const key = `${form}/${include}`;
  const known = forms.get(object)?.get(key);
  if (known !== undefined) return known;
  const { resourceVersion } = object.metadata;
  const made =
    form === 'metadata'
      ? partialMetadata(object)
      : tableOf(resource, [object], { resourceVersion }, include, store.view().now);
  const kept = Object.freeze(made as object);
  forms.set(object, (forms.get(object) ?? new Map<string, object>()).set(key, kept));
  return kept;
}
