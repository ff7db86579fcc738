import type { Kind } from '#api/kinds.js';
import type { KubeObject, UnknownObject } from '#api/k8s/meta.js';
import type { WatchEvent, WatchOptions } from '#ports/kube.js';
import type { ApiRequest, ApiWatchEvent } from '#sandbox/store/request.js';
import type { Status } from '#sandbox/store/status.js';
import type { ApiStore } from '#sandbox/store/store.js';
import { errorOf } from './errors.js';
import { metadataOnlyOf } from './metadata-only.js';

/** Opens a watch on the store when iteration begins; ends when the store ends it, the signal aborts or the caller stops. */
export async function* watchStore<T extends KubeObject>(
  store: ApiStore,
  request: ApiRequest,
  kind: Kind,
  options: WatchOptions,
): AsyncGenerator<WatchEvent<T>> {
  const { signal } = options;
  if (signal.aborted) return;
  const queue: ApiWatchEvent[] = [];
  let isEnded = false;
  let wake: () => void = () => undefined;
  const end = (): void => {
    isEnded = true;
    wake();
  };
  const onEvent = (event: ApiWatchEvent): void => {
    queue.push(event);
    wake();
  };
  const stop = store.watch(request, onEvent, end);
  signal.addEventListener('abort', end, { once: true });
  try {
    for (;;) {
      while (queue.length > 0 && !signal.aborted) {
        const event = queue.shift();
        if (event !== undefined) yield toPortEvent<T>(event, kind, options);
      }
      if (isEnded) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    stop();
    signal.removeEventListener('abort', end);
  }
}

function toPortEvent<T extends KubeObject>(
  event: ApiWatchEvent,
  kind: Kind,
  options: WatchOptions,
): WatchEvent<T> {
  switch (event.type) {
    case 'ERROR':
      return errorEvent(event.object as Status, kind);
    case 'BOOKMARK': {
      const { metadata } = event.object as UnknownObject;
      return { type: 'BOOKMARK', resourceVersion: metadata.resourceVersion ?? '' };
    }
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED': {
      const object = event.object as UnknownObject;
      return {
        type: event.type,
        object: (options.metadataOnly === true ? metadataOnlyOf(object) : object) as KubeObject as T,
      };
    }
  }
}

/** A version that is gone is an event, as in a stream over HTTP; every other refusal breaks the watch. */
function errorEvent(
  status: Status,
  kind: Kind,
): { readonly type: 'ERROR'; readonly code: number; readonly message: string } {
  if (status.code !== 410) throw errorOf(status, kind.kind);
  return { type: 'ERROR', code: status.code, message: status.message ?? '' };
}
