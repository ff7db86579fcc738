import { textAt } from '#core/json/read.js';
import type { NotificationRequest, Notifier } from '#ports/notifier.js';
import type { NotifierDeps } from '../deps.js';
import type { Messenger } from '../http/exchange.js';
import { flag, required } from '../http/options.js';

const service = 'grafana';

/** Annotations of Grafana; tags are the recipient, those of the template and those of the service, separated by `|`. */
export function createGrafanaNotifier({ clock }: NotifierDeps, messenger: Messenger): Notifier {
  return { type: service, send: (request) => send(request, clock.now(), messenger) };
}

async function send(
  { options, recipient, content, signal }: NotificationRequest,
  now: number,
  messenger: Messenger,
): Promise<void> {
  const apiUrl = required(service, options, 'apiUrl');
  const [base = '', query] = apiUrl.split('?');
  const more = [textAt(content.block, 'tags') ?? '', textAt(options, 'tags') ?? ''];
  await messenger.deliver({
    service,
    url: `${base.replace(/\/+$/, '')}/annotations${query === undefined ? '' : `?${query}`}`,
    headers: { authorization: `Bearer ${required(service, options, 'apiKey')}` },
    body: {
      time: Math.floor(now / 1000) * 1000,
      isRegion: false,
      tags: [recipient, ...more.filter((tags) => tags !== '')].flatMap((tags) => tags.split('|')),
      text: content.message,
    },
    insecureSkipVerify: flag(options, 'insecureSkipVerify'),
    signal,
  });
}
