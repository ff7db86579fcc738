import { textAt } from '#core/json/read.js';
import type { NotificationRequest, Notifier } from '#ports/notifier.js';
import type { Messenger } from '../http/exchange.js';
import { required } from '../http/options.js';

const service = 'pagerduty';
const defaultApiUrl = 'https://api.pagerduty.com';

/** Incidents of PagerDuty's REST API on the service that the recipient names. */
export function createPagerDutyNotifier(messenger: Messenger): Notifier {
  return { type: service, send: (request) => send(request, messenger) };
}

async function send(
  { options, recipient, content, id, signal }: NotificationRequest,
  messenger: Messenger,
): Promise<void> {
  const { message, block } = content;
  const urgency = textAt(block, 'urgency') ?? '';
  const priorityId = textAt(block, 'priorityID') ?? '';
  const apiUrl = textAt(options, 'apiUrl') || defaultApiUrl;
  await messenger.deliver({
    service,
    url: `${apiUrl.replace(/\/+$/, '')}/incidents`,
    headers: {
      authorization: `Token token=${required(service, options, 'token')}`,
      accept: 'application/vnd.pagerduty+json;version=2',
      from: textAt(options, 'from') ?? '',
    },
    body: {
      incident: {
        type: 'incident',
        title: textAt(block, 'title') || message,
        service: { id: recipient || (textAt(options, 'serviceID') ?? ''), type: 'service_reference' },
        ...(priorityId === '' ? {} : { priority: { id: priorityId, type: 'priority_reference' } }),
        ...(urgency === '' ? {} : { urgency }),
        incident_key: id,
        body: { type: 'incident_body', details: textAt(block, 'body') || message },
      },
    },
    signal,
  });
}
