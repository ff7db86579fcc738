import { isObject } from '#core/json/json.js';
import { textAt } from '#core/json/read.js';
import { AppError } from '#ports/errors.js';
import type { NotificationRequest, Notifier } from '#ports/notifier.js';
import type { Messenger } from '../http/exchange.js';
import { forRecipient } from '../http/options.js';

const service = 'opsgenie';
const defaultApiUrl = 'api.opsgenie.com';

/** Alerts of Opsgenie for the team that the recipient names. */
export function createOpsgenieNotifier(messenger: Messenger): Notifier {
  return { type: service, send: (request) => send(request, messenger) };
}

async function send(
  { options, recipient, content, id, signal }: NotificationRequest,
  messenger: Messenger,
): Promise<void> {
  const { message, block } = content;
  if (block !== undefined && (textAt(block, 'description') ?? '') === '') {
    throw new AppError('NotifyInvalid', `${service}: the description of the template is missing`);
  }
  const apiUrl = textAt(options, 'apiUrl') || defaultApiUrl;
  const base = /^https?:\/\//.test(apiUrl) ? apiUrl : `https://${apiUrl}`;
  await messenger.deliver({
    service,
    url: `${base.replace(/\/+$/, '')}/v2/alerts`,
    headers: { authorization: `GenieKey ${forRecipient(service, options, 'apiKeys', recipient)}` },
    body: {
      message,
      // One alert however often the message is tried.
      alias: id,
      ...filled(block),
      responders: [{ type: 'team', id: recipient }],
      // What rules of users match on: the name that the peer's engine gives.
      source: 'Argo CD',
    },
    signal,
  });
}

function filled(block: unknown): Readonly<Record<string, unknown>> {
  if (!isObject(block)) return {};
  return Object.fromEntries(Object.entries(block).filter(([, value]) => value !== '' && value !== null));
}
