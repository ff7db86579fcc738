import type { ServerResponse } from 'node:http';
import type { UnknownObject } from '#api/k8s/meta.js';
import type { Query } from '#sandbox/store/request.js';
import { isTrue } from '#sandbox/store/request.js';
import { badRequest } from '#sandbox/store/status.js';
import { fields, items, text } from './table/read.js';

export interface LogOptions {
  readonly container: string;
  /** Go on with what is written later, until the signal aborts or the container ends. */
  readonly follow: boolean;
  /** The container before its last restart. */
  readonly previous: boolean;
  readonly timestamps: boolean;
  readonly tailLines?: number;
  readonly sinceSeconds?: number;
  readonly limitBytes?: number;
  readonly signal: AbortSignal;
}

/** Where container logs come from: pieces of text in order. Throws an AppError when there is no such log. */
export type LogSource = (pod: UnknownObject, options: LogOptions) => AsyncIterable<string>;

/** Streams a container's log as plain text. */
export async function streamLogs(
  source: LogSource,
  pod: UnknownObject,
  query: Query,
  response: ServerResponse,
): Promise<void> {
  const leaving = new AbortController();
  response.on('close', () => leaving.abort());
  const pieces = source(pod, optionsOf(pod, query, leaving.signal))[Symbol.asyncIterator]();
  const first = isTrue(query['follow'] ?? 'false') ? undefined : await pieces.next();
  response.writeHead(200, { 'content-type': 'text/plain' });
  response.flushHeaders();
  for (let next = first ?? (await pieces.next()); next.done !== true; next = await pieces.next()) {
    if (!response.write(next.value) && !leaving.signal.aborted) await drained(response);
    if (leaving.signal.aborted) break;
  }
  await pieces.return?.();
  response.end();
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
}

function optionsOf(pod: UnknownObject, query: Query, signal: AbortSignal): LogOptions {
  const number = (name: string): number | undefined =>
    query[name] === undefined ? undefined : Number(query[name]);
  const optional = {
    tailLines: number('tailLines'),
    sinceSeconds: number('sinceSeconds'),
    limitBytes: number('limitBytes'),
  };
  return {
    container: containerOf(pod, query['container']),
    follow: isTrue(query['follow'] ?? 'false'),
    previous: isTrue(query['previous'] ?? 'false'),
    timestamps: isTrue(query['timestamps'] ?? 'false'),
    signal,
    ...(Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)) as Partial<
      Record<keyof typeof optional, number>
    >),
  };
}

function containerOf(pod: UnknownObject, wanted: string | undefined): string {
  const spec = fields(pod['spec']);
  const names = items(spec['containers']).map((one) => text(fields(one)['name']));
  const initNames = items(spec['initContainers']).map((one) => text(fields(one)['name']));
  const { name } = pod.metadata;
  if (wanted !== undefined && wanted !== '') {
    if ([...names, ...initNames].includes(wanted)) return wanted;
    throw badRequest(`container ${wanted} is not valid for pod ${name}`);
  }
  const annotated = pod.metadata.annotations?.['kubectl.kubernetes.io/default-container'];
  if (annotated !== undefined && names.includes(annotated)) return annotated;
  if (names.length === 1 && names[0] !== undefined) return names[0];
  throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${names.join(' ')}]`);
}
