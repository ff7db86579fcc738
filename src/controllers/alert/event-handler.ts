import { parseFluxEvent } from '#core/alert/flux-event.js';
import type { InboundAnswer, InboundHandler } from '#ports/inbound.js';
import type { AlertDispatcher } from './dispatcher.js';

/**
 * Takes events that other controllers post to `/`: 202 for one that is taken, 429 for a repetition, 400 for what is no
 * event.
 */
export function createEventHandler(dispatcher: AlertDispatcher): InboundHandler {
  return ({ method, path, body }) => Promise.resolve(answer(dispatcher, method, path, body));
}

function answer(dispatcher: AlertDispatcher, method: string, path: string, body: Uint8Array): InboundAnswer {
  if (path !== '/') return { status: 404, body: 'not found\n' };
  if (method !== 'POST') return { status: 405, body: 'events are posted\n' };
  const parsed = parseFluxEvent(jsonOf(body));
  if (!parsed.ok) return { status: 400, body: `no event: ${parsed.problem}\n` };
  return dispatcher.accept(parsed.event) === 'taken'
    ? { status: 202, body: '' }
    : { status: 429, body: 'an equal event was taken before\n' };
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    // No JSON is no event; the answer says so.
    return undefined;
  }
}
