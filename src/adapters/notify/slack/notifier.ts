import { isObject, type JsonObject } from '#core/json/json.js';
import { textAt } from '#core/json/read.js';
import type { NotificationRequest, Notifier } from '#ports/notifier.js';
import type { Messenger } from '../http/exchange.js';
import { flag, jsonAt, required } from '../http/options.js';
import { readSlackAnswer } from './answer.js';
import { SlackThreads } from './threads.js';

const service = 'slack';
const defaultApiUrl = 'https://slack.com/api/';

/** Slack's Web API: `chat.postMessage` and `chat.update`, with threads by `groupingKey`. */
export function createSlackNotifier(messenger: Messenger): Notifier {
  const threads = new SlackThreads();
  return { type: service, send: (request) => send(request, threads, messenger) };
}

async function send(
  request: NotificationRequest,
  threads: SlackThreads,
  messenger: Messenger,
): Promise<void> {
  const { options, recipient, content } = request;
  const { block } = content;
  const message = messageOf(request);
  const groupingKey = textAt(block, 'groupingKey') ?? '';
  const policy = textAt(block, 'deliveryPolicy') ?? 'Post';
  const scope = [textAt(options, 'apiURL') ?? '', recipient, groupingKey].join('\n');
  const thread = groupingKey === '' ? undefined : threads.get(scope);
  if (thread === undefined || policy !== 'Update') {
    const posted = await call({ request, messenger }, 'chat.postMessage', {
      channel: recipient,
      ...message,
      ...(thread === undefined ? {} : { thread_ts: thread.ts }),
      ...(flag(block, 'notifyBroadcast') ? { reply_broadcast: true } : {}),
    });
    if (groupingKey !== '' && thread === undefined) {
      threads.set(scope, { ts: textAt(posted, 'ts') ?? '', channel: textAt(posted, 'channel') ?? recipient });
    }
  }
  if (thread !== undefined && (policy === 'Update' || policy === 'PostAndUpdate')) {
    await call({ request, messenger }, 'chat.update', { channel: thread.channel, ts: thread.ts, ...message });
  }
}

function messageOf({ options, content: { message, block } }: NotificationRequest): JsonObject {
  const either = (field: string) => textAt(block, field) || textAt(options, field) || '';
  const username = either('username');
  const attachments = jsonAt(service, block, 'attachments');
  const blocks = jsonAt(service, block, 'blocks');
  return {
    text: message,
    ...(username === '' ? {} : { username }),
    ...iconOf(either('icon')),
    ...(attachments === undefined ? {} : { attachments }),
    ...(blocks === undefined ? {} : { blocks: isObject(blocks) ? (blocks['blocks'] ?? blocks) : blocks }),
    ...(flag(options, 'disableUnfurl') ? { unfurl_links: false, unfurl_media: false } : {}),
  };
}

function iconOf(icon: string): JsonObject {
  if (/^:.+:$/.test(icon)) return { icon_emoji: icon };
  return /^https?:\/\/./.test(icon) ? { icon_url: icon } : {};
}

async function call(
  {
    request: { options, signal },
    messenger,
  }: { readonly request: NotificationRequest; readonly messenger: Messenger },
  method: string,
  body: JsonObject,
): Promise<JsonObject> {
  const apiUrl = textAt(options, 'apiURL') || defaultApiUrl;
  const { text, retryAfterMs } = await messenger.deliver({
    service,
    url: `${apiUrl.replace(/\/+$/, '')}/${method}`,
    headers: {
      authorization: `Bearer ${required(service, options, 'token')}`,
      'content-type': 'application/json; charset=utf-8',
    },
    body,
    insecureSkipVerify: flag(options, 'insecureSkipVerify'),
    signal,
  });
  return readSlackAnswer(text, retryAfterMs);
}
