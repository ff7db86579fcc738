import { textAt } from '#core/json/read.js';
import { AppError } from '#ports/errors.js';
import type { NotificationRequest, Notifier } from '#ports/notifier.js';
import type { Messenger } from '../http/exchange.js';
import { forRecipient, texts } from '../http/options.js';

const service = 'pagerdutyv2';
const defaultApiUrl = 'https://events.pagerduty.com';

/** Events of PagerDuty's Events API v2, by the integration key of the recipient. */
export function createPagerDutyV2Notifier(messenger: Messenger): Notifier {
  return { type: service, send: (request) => send(request, messenger) };
}

async function send(
  { options, recipient, content, id, signal }: NotificationRequest,
  messenger: Messenger,
): Promise<void> {
  const { block } = content;
  if (block === undefined) {
    throw new AppError('NotifyInvalid', `${service}: the template has no part for pagerdutyv2`);
  }
  const apiUrl = textAt(options, 'apiUrl') || defaultApiUrl;
  const url = textAt(block, 'url') ?? '';
  await messenger.deliver({
    service,
    url: `${apiUrl.replace(/\/+$/, '')}/v2/enqueue`,
    body: {
      routing_key: forRecipient(service, options, 'serviceKeys', recipient),
      event_action: 'trigger',
      // One incident however often the message is tried.
      dedup_key: id,
      payload: {
        summary: '',
        severity: '',
        source: '',
        ...texts(block, 'summary', 'severity', 'source', 'component', 'group', 'class'),
      },
      // What rules of users match on: the name that the peer's engine gives.
      client: 'ArgoCD',
      ...(url === '' ? {} : { client_url: url }),
    },
    signal,
  });
}
