import type { Kind } from '#api/kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { isObject } from '#core/json/json.js';
import { AppError } from '#ports/errors.js';
import type { WatchEvent, WatchOptions } from '#ports/kube.js';
import { splitLines } from './lines.js';
import { pathOf, queryOf, subjectOfTarget, type Target } from './paths.js';
import { errorOfTransport } from './response-error.js';
import type { Transport } from './transport.js';
import { objectOfWire, parseJson } from './wire-objects.js';

/**
 * The events of one watch. Ends when the server ends it or the signal aborts; throws when the connection breaks,
 * a line was cut off, or the server refuses (KubeGone for an old version).
 */
export async function* watchKind<T extends KubeObject>(
  transport: Transport,
  kind: Kind,
  options: WatchOptions,
): AsyncGenerator<WatchEvent<T>> {
  const target: Target = {
    kind,
    ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
  };
  const subject = subjectOfTarget(target);
  const request = {
    verb: 'watch',
    method: 'GET',
    kind: kind.kind,
    subject,
    path: `${pathOf(target)}${watchQuery(options)}`,
    accept: options.metadataOnly === true ? metadataAccept('PartialObjectMetadata') : 'application/json',
  } as const;
  let rest: string | undefined;
  try {
    const body = await transport.stream(request, options.signal);
    for await (const line of splitLines(body, (text) => (rest = text))) {
      yield eventOfLine<T>(kind, line, options.metadataOnly === true, subject);
    }
  } catch (thrown) {
    // The caller has stopped the watch; how the stream ends is of no interest then.
    if (options.signal.aborted) return;
    throw errorOfTransport(subject, thrown);
  }
  if (rest !== undefined && !options.signal.aborted) {
    throw new AppError('KubeUnreachable', `${subject}: the watch ended within an event`, { object: subject });
  }
}

/** Asks for metadata alone, and takes whole objects from a server that cannot do that. */
export function metadataAccept(kind: 'PartialObjectMetadata' | 'PartialObjectMetadataList'): string {
  return `application/json;as=${kind};g=meta.k8s.io;v=v1,application/json`;
}

function watchQuery(options: WatchOptions): string {
  return queryOf({
    watch: true,
    allowWatchBookmarks: true,
    resourceVersion: options.resourceVersion,
    timeoutSeconds: options.timeoutSeconds,
    labelSelector: options.labelSelector,
    fieldSelector: options.fieldSelector,
  });
}

function eventOfLine<T extends KubeObject>(
  kind: Kind,
  line: string,
  metadataOnly: boolean,
  subject: string,
): WatchEvent<T> {
  const { type, object } = parseJson(line, subject);
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      return { type, object: objectOfWire<T>(kind, object, metadataOnly, subject) };
    case 'BOOKMARK':
      return { type, resourceVersion: versionOf(object) };
    case 'ERROR':
      return { type, ...statusOf(object) };
    default:
      throw new AppError('KubeUnavailable', `${subject}: unknown watch event ${JSON.stringify(type)}`);
  }
}

function versionOf(object: unknown): string {
  const metadata = isObject(object) && isObject(object['metadata']) ? object['metadata'] : {};
  return typeof metadata['resourceVersion'] === 'string' ? metadata['resourceVersion'] : '';
}

function statusOf(object: unknown): { readonly code: number; readonly message: string } {
  const status = isObject(object) ? object : {};
  return {
    code: typeof status['code'] === 'number' ? status['code'] : 500,
    message: typeof status['message'] === 'string' ? status['message'] : 'unknown watch error',
  };
}
