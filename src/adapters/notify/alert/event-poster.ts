import type { FluxEvent } from '#core/alert/flux-event.js';
import { createMessenger, refusalOf } from '../http/exchange.js';

const service = 'events';
const timeoutMs = 5000;

/**
 * Posts events to another controller, as the peer's controllers do. The address is the operator's, so no guard stands
 * before it. A repetition that is answered with 429 is done.
 */
export function createEventPoster(url: string): (event: FluxEvent, signal: AbortSignal) => Promise<void> {
  const messenger = createMessenger();
  return async (event, signal) => {
    const answer = await messenger.exchange({ service, url, body: event, signal, timeoutMs });
    if (answer.status === 429 || (answer.status >= 200 && answer.status <= 299)) return;
    throw refusalOf(service, answer);
  };
}
