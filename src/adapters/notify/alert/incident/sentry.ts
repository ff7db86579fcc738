import { objectTitle } from '#core/alert/words.js';
import type { JsonObject } from '#core/json/json.js';
import type { AlertMessage } from '#ports/alert-sender.js';
import { AppError } from '#ports/errors.js';
import { type Encode, needed } from '../outgoing.js';

/** Sentry: a failure is an event, good news are a transaction. The address is a DSN, the channel the environment. */
export const encodeSentry: Encode = (message) => {
  const { url, key } = readDsn(needed(message.destination, 'address'));
  const isEvent = message.event.severity === 'error';
  const item = isEvent ? eventOf(message) : transactionOf(message);
  const lines = [{ event_id: eventId(message) }, { type: isEvent ? 'event' : 'transaction' }, item];
  return [
    {
      url,
      headers: {
        'content-type': 'application/x-sentry-envelope',
        'x-sentry-auth': `Sentry sentry_version=7, sentry_client=sluice/1.0, sentry_key=${key}`,
      },
      body: lines.map((line) => JSON.stringify(line)).join('\n'),
    },
  ];
};

function eventOf(message: AlertMessage): JsonObject {
  const { event } = message;
  return {
    ...shared(message),
    level: 'error',
    timestamp: event.timestamp,
    message: { formatted: event.message },
    extra: event.metadata ?? {},
  };
}

function transactionOf(message: AlertMessage): JsonObject {
  const { event, id } = message;
  const context = { trace_id: eventId(message), span_id: id.slice(-16).padStart(16, '0') };
  const data = { ...event.metadata, message: event.message };
  return {
    ...shared(message),
    type: 'transaction',
    transaction: event.reason,
    start_timestamp: event.timestamp,
    timestamp: event.timestamp,
    tags: event.metadata ?? {},
    contexts: { trace: { ...context, op: 'event', description: event.message, data } },
    spans: [],
  };
}

function shared(message: AlertMessage): JsonObject {
  const { destination, event } = message;
  return {
    event_id: eventId(message),
    platform: 'other',
    server_name: event.reportingController,
    logger: objectTitle(event),
    ...(destination.channel === '' ? {} : { environment: destination.channel }),
  };
}

/** 32 hex digits, the same for every attempt: Sentry takes an event once. */
function eventId({ id }: AlertMessage): string {
  return id
    .replace(/[^0-9a-f]/g, '')
    .slice(0, 32)
    .padStart(32, '0');
}

function readDsn(dsn: string): { readonly url: string; readonly key: string } {
  const parsed = URL.canParse(dsn) ? new URL(dsn) : undefined;
  const parts = parsed?.pathname.split('/').filter((part) => part !== '') ?? [];
  const project = parts.pop();
  if (parsed === undefined || parsed.username === '' || project === undefined)
    throw new AppError('NotifyInvalid', 'sentry: the address is no DSN');
  const path = [...parts, 'api', project, 'envelope', ''].join('/');
  return { url: `${parsed.protocol}//${parsed.host}/${path}`, key: parsed.username };
}
