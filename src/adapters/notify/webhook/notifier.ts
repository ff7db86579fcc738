import { parseGoDuration } from '#core/time/duration.js';
import { addMs } from '#core/time/instant.js';
import { isObject } from '#core/json/json.js';
import { numberAt, objectsAt, textAt } from '#core/json/read.js';
import type { Clock } from '#ports/clock.js';
import { toAppError } from '#ports/errors.js';
import type { NotificationRequest, Notifier } from '#ports/notifier.js';
import type { NotifierDeps } from '../deps.js';
import type { Exchange, Messenger } from '../http/exchange.js';
import { flag, required } from '../http/options.js';

const service = 'webhook';

/** Any HTTP endpoint: method, path and body of the template, or GET with nothing. */
export function createWebhookNotifier({ clock }: NotifierDeps, messenger: Messenger): Notifier {
  return { type: service, send: (request) => send(request, clock, messenger) };
}

/** A service that fails in passing is asked again at once, `retryMax` times, before the controller's own patience begins. */
async function send(request: NotificationRequest, clock: Clock, messenger: Messenger): Promise<void> {
  const { options } = request;
  const wanted = exchangeOf(request);
  const most = numberAt(options, 'retryMax') || 3;
  const slowestMs = durationMs(options, 'retryWaitMax', 5000);
  let waitMs = durationMs(options, 'retryWaitMin', 1000);
  for (let tries = 0; ; tries += 1) {
    try {
      await messenger.deliver(wanted);
      return;
    } catch (thrown) {
      // The last word is the caller's; until then a passing failure is another try.
      const error = toAppError(thrown);
      const isPatient = (error.retryAfterMs ?? 0) <= slowestMs;
      if (error.class !== 'Transient' || tries >= most || !isPatient) throw error;
      await pause(clock, Math.max(waitMs, error.retryAfterMs ?? 0), request.signal);
      waitMs = Math.min(waitMs * 2, slowestMs);
    }
  }
}

function exchangeOf({ options, content, id, signal }: NotificationRequest): Exchange {
  const { message, block } = content;
  const url = required(service, options, 'url');
  const path = textAt(block, 'path') ?? '';
  return {
    service,
    url: path === '' ? url : `${url.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`,
    method: (textAt(block, 'method') || 'GET').toUpperCase(),
    headers: { 'idempotency-key': id, ...headersOf(options) },
    body: block === undefined ? message : (textAt(block, 'body') ?? ''),
    insecureSkipVerify: flag(options, 'insecureSkipVerify'),
    signal,
  };
}

function headersOf(options: unknown): Readonly<Record<string, string>> {
  const listed = objectsAt(options, 'headers').flatMap((header) => {
    const name = textAt(header, 'name') ?? '';
    return name === '' ? [] : [[name.toLowerCase(), textAt(header, 'value') ?? '']];
  });
  const basic = isObject(options) ? options['basicAuth'] : undefined;
  if (!isObject(basic)) return Object.fromEntries(listed);
  const pair = `${textAt(basic, 'username') ?? ''}:${textAt(basic, 'password') ?? ''}`;
  return { ...Object.fromEntries(listed), authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

/** Nanoseconds as the peer reads them, or a duration as people write it. */
function durationMs(options: unknown, field: string, absentMs: number): number {
  const nanoseconds = numberAt(options, field);
  if (nanoseconds !== undefined && nanoseconds > 0) return nanoseconds / 1e6;
  return parseGoDuration(textAt(options, field) ?? '') || absentMs;
}

function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.schedule(addMs(clock.now(), ms), resolve);
    signal.addEventListener('abort', () => {
      cancel();
      resolve();
    });
  });
}
