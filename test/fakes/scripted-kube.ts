import type { UnknownObject } from '#api/k8s/meta.js';
import { AppError } from '#ports/errors.js';
import type { Kube, ListOptions, ObjectList, WatchEvent, WatchOptions } from '#ports/kube.js';

/** One watch as a test drives it. */
export interface OpenWatch {
  readonly options: WatchOptions;
  send(event: WatchEvent): void;
  /** The server ends the stream. */
  end(): void;
  break(error: AppError): void;
}

/** A Kube of which only list and watch work, and say what a test tells them to. */
export interface ScriptedKube extends Kube {
  readonly lists: ListOptions[];
  readonly watches: OpenWatch[];
  /** What the next lists answer; the last one is repeated. */
  answers: (ObjectList | AppError)[];
}

export function createScriptedKube(...answers: (ObjectList | AppError)[]): ScriptedKube {
  const lists: ListOptions[] = [];
  const watches: OpenWatch[] = [];
  const refuse = () => Promise.reject(new AppError('BrokenInvariant', 'not scripted'));
  const kube: ScriptedKube = {
    lists,
    watches,
    answers,
    async list(_kind, options) {
      lists.push(options ?? {});
      const answer = kube.answers.length > 1 ? kube.answers.shift() : kube.answers[0];
      if (answer === undefined || answer instanceof AppError) throw answer ?? new Error('no answer');
      return answer as never;
    },
    watch: (_kind, options) => openWatch(watches, options) as never,
    get: refuse,
    create: refuse,
    update: refuse,
    patch: refuse,
    delete: refuse,
    logs: refuse,
    resolve: refuse,
  };
  return kube;
}

async function* openWatch(watches: OpenWatch[], options: WatchOptions): AsyncGenerator<WatchEvent> {
  const inbox: (WatchEvent | 'end' | AppError)[] = [];
  let wake = (): void => undefined;
  const put = (item: WatchEvent | 'end' | AppError) => {
    inbox.push(item);
    wake();
  };
  watches.push({ options, send: put, end: () => put('end'), break: put });
  options.signal.addEventListener('abort', () => put('end'));
  for (;;) {
    const item = inbox.shift();
    if (item === undefined) await new Promise<void>((resolve) => (wake = resolve));
    else if (item === 'end') return;
    else if (item instanceof AppError) throw item;
    else yield item;
  }
}

/** A ConfigMap as a watch sees it. */
export function configMap(
  name: string,
  version: number,
  more: Partial<UnknownObject['metadata']> = {},
): UnknownObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace: 'shop', name, uid: `uid-${name}`, resourceVersion: String(version), ...more },
  };
}
