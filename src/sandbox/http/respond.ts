import type { ServerResponse } from 'node:http';
import type { UnknownObject } from '#api/k8s/meta.js';
import type { Status } from '#sandbox/store/status.js';

const texts = new WeakMap<object, string>();

/** An object of the store as JSON text; made once, however many clients ask. */
export function textOf(object: object): string {
  const known = texts.get(object);
  if (known !== undefined) return known;
  const made = JSON.stringify(object);
  if (Object.isFrozen(object)) texts.set(object, made);
  return made;
}

/** A list as JSON text, out of the texts of its items. */
export function listText(list: { readonly items: readonly UnknownObject[] } & object): string {
  const { items, ...rest } = list;
  const head = JSON.stringify(rest).slice(0, -1);
  return `${head},"items":[${items.map(textOf).join(',')}]}`;
}

/** Sends a whole answer. */
export function send(
  response: ServerResponse,
  code: number,
  body: string,
  headers: Readonly<Record<string, string | readonly string[]>> = {},
): void {
  const bytes = Buffer.from(body);
  response.writeHead(code, {
    'content-type': 'application/json',
    'content-length': bytes.length,
    ...mutable(headers),
  });
  response.end(response.req.method === 'HEAD' ? undefined : bytes);
}

function mutable(
  headers: Readonly<Record<string, string | readonly string[]>>,
): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).map(([key, value]) => [key, typeof value === 'string' ? value : [...value]]),
  );
}

/** Sends an error. */
export function sendStatus(response: ServerResponse, status: Status): void {
  const seconds = status.details?.retryAfterSeconds ?? (status.code === 429 ? 10 : undefined);
  send(
    response,
    status.code,
    JSON.stringify(status),
    seconds === undefined ? {} : { 'retry-after': String(seconds) },
  );
}

/** `Warning` headers for texts. */
export function warningHeaders(
  warnings: readonly string[] = [],
): Readonly<Record<string, readonly string[]>> {
  if (warnings.length === 0) return {};
  return {
    warning: warnings.map((text) => `299 - ${JSON.stringify(text.replaceAll(/[^\x20-\x7e]/g, '?'))}`),
  };
}
