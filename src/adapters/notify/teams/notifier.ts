import type { JsonObject } from '#core/json/json.js';
import { textAt } from '#core/json/read.js';
import { AppError } from '#ports/errors.js';
import type { NotificationRequest, Notifier } from '#ports/notifier.js';
import { type Messenger, shorten } from '../http/exchange.js';
import { flag, forRecipient, jsonAt, texts } from '../http/options.js';

const service = 'teams';

/** Connectors of Microsoft Teams: a MessageCard to the address of the recipient. */
export function createTeamsNotifier(messenger: Messenger): Notifier {
  return { type: service, send: (request) => send(request, messenger) };
}

async function send(
  { options, recipient, content, signal }: NotificationRequest,
  messenger: Messenger,
): Promise<void> {
  const { message, block } = content;
  const { text } = await messenger.deliver({
    service,
    url: forRecipient(service, options, 'recipientUrls', recipient),
    headers: { 'content-type': 'application/json' },
    body: textAt(block, 'template') || cardOf(message, block),
    insecureSkipVerify: flag(options, 'insecureSkipVerify'),
    signal,
  });
  if (text === '' || text === '1') return;
  // A connector says by its body what went wrong behind it.
  const code = /HTTP error (429|5\d\d)/.test(text) ? 'NotifyUnavailable' : 'NotifyInvalid';
  throw new AppError(code, `${service} answered: ${shorten(text)}`);
}

function cardOf(message: string, block: JsonObject | undefined): JsonObject {
  const facts = jsonAt(service, block, 'facts');
  const sections = jsonAt(service, block, 'sections');
  const potentialAction = jsonAt(service, block, 'potentialAction');
  const all = [...(Array.isArray(sections) ? sections : []), ...(facts === undefined ? [] : [{ facts }])];
  return {
    '@type': 'MessageCard',
    context: 'https://schema.org/extensions',
    title: '',
    summary: '',
    text: message,
    ...texts(block, 'title', 'summary', 'text', 'themeColor'),
    ...(potentialAction === undefined ? {} : { potentialAction }),
    ...(all.length === 0 ? {} : { sections: all }),
  };
}
