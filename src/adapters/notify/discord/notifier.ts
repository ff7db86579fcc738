import { isObject } from '#core/json/json.js';
import { numberAt, textAt } from '#core/json/read.js';
import { AppError } from '#ports/errors.js';
import type { NotificationRequest, Notifier } from '#ports/notifier.js';
import { type Messenger, refusalOf } from '../http/exchange.js';
import { flag, forRecipient, jsonAt } from '../http/options.js';

const service = 'discord';
/** Discord refuses longer ones. */
const mostCharacters = 2000;

/** Webhooks of Discord at the address of the recipient: content, embeds, user name and picture. */
export function createDiscordNotifier(messenger: Messenger): Notifier {
  return { type: service, send: (request) => send(request, messenger) };
}

async function send(
  { options, recipient, content, signal }: NotificationRequest,
  messenger: Messenger,
): Promise<void> {
  const { block } = content;
  const either = (field: string) => textAt(block, field) || textAt(options, field) || '';
  const embeds = jsonAt(service, block, 'embeds');
  const answer = await messenger.exchange({
    service,
    url: forRecipient(service, options, 'recipientUrls', recipient),
    body: {
      content: (textAt(block, 'content') || content.message).slice(0, mostCharacters),
      ...(embeds === undefined ? {} : { embeds: Array.isArray(embeds) ? embeds : [embeds] }),
      ...(either('username') === '' ? {} : { username: either('username') }),
      ...(either('avatarUrl') === '' ? {} : { avatar_url: either('avatarUrl') }),
    },
    insecureSkipVerify: flag(options, 'insecureSkipVerify'),
    signal,
  });
  if (answer.status >= 200 && answer.status <= 299) return;
  const retryAfterMs = answer.retryAfterMs ?? waitOf(answer.text);
  if (answer.status !== 429 || retryAfterMs === undefined) throw refusalOf(service, answer);
  throw new AppError('NotifyUnavailable', `${service} answered 429`, { retryAfterMs });
}

/** Discord says in the body how long to wait, in seconds. */
function waitOf(text: string): number | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const seconds = isObject(value) ? numberAt(value, 'retry_after') : undefined;
    return seconds === undefined ? undefined : seconds * 1000;
  } catch {
    // Not an answer of Discord itself; the usual pause will do.
    return undefined;
  }
}
