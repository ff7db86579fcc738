import { randomUUID } from 'node:crypto';
import type { Problem } from '#core/view/wire/stream.js';

/** An error answer that says what is wrong and how to find it in the log. */
export function problem(
  status: number,
  code: string,
  message: string,
  more: Readonly<Record<string, unknown>> = {},
): Response {
  const body: Problem = { code, message, requestId: randomUUID(), ...more };
  return json(body, status);
}

/** A JSON answer that nobody stores. */
export function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
  });
}
