import { isObject, type JsonObject } from '#core/json/json.js';
import { objectsAt, textAt } from '#core/json/read.js';
import type { NotificationRequest, Notifier } from '#ports/notifier.js';
import type { Messenger } from '../http/exchange.js';
import { flag, forRecipient, jsonAt } from '../http/options.js';

const service = 'teams-workflows';

/** Workflows of Microsoft Teams: an Adaptive Card to the address of the recipient. */
export function createTeamsWorkflowsNotifier(messenger: Messenger): Notifier {
  return { type: service, send: (request) => send(request, messenger) };
}

async function send(
  { options, recipient, content, signal }: NotificationRequest,
  messenger: Messenger,
): Promise<void> {
  const { message, block } = content;
  const card = jsonAt(service, block, 'adaptiveCard') ?? cardOf(message, block);
  const envelope = {
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: card }],
  };
  await messenger.deliver({
    service,
    url: forRecipient(service, options, 'recipientUrls', recipient),
    headers: { 'content-type': 'application/json' },
    body: flag(options, 'rawCardPayload') ? card : envelope,
    insecureSkipVerify: flag(options, 'insecureSkipVerify'),
    signal,
  });
}

function cardOf(message: string, block: JsonObject | undefined): JsonObject {
  const title = textAt(block, 'title') ?? '';
  const color = textAt(block, 'themeColor') ?? '';
  const text = textAt(block, 'text') || message;
  const factSets = [
    jsonAt(service, block, 'facts'),
    ...objectsAt({ list: jsonAt(service, block, 'sections') }, 'list').map((section) => section['facts']),
  ].flatMap(factSet);
  const actions = objectsAt({ list: jsonAt(service, block, 'potentialAction') }, 'list').flatMap(actionOf);
  const heading = { type: 'TextBlock', text: title, size: 'Large', weight: 'Bolder', wrap: true };
  return {
    type: 'AdaptiveCard',
    version: '1.4',
    body: [
      ...(title === '' ? [] : [color === '' ? heading : { ...heading, color }]),
      ...(text === '' ? [] : [{ type: 'TextBlock', text, wrap: true }]),
      ...factSets,
    ],
    ...(actions.length === 0 ? {} : { actions }),
  };
}

function factSet(facts: unknown): readonly JsonObject[] {
  const rows = objectsAt({ facts }, 'facts').flatMap((fact) => {
    const { name, value } = fact;
    if (typeof name !== 'string') return [];
    return [{ title: name, value: typeof value === 'string' ? value : JSON.stringify(value ?? '') }];
  });
  return rows.length === 0 ? [] : [{ type: 'FactSet', facts: rows }];
}

function actionOf(action: JsonObject): readonly JsonObject[] {
  const [target] = objectsAt(action, 'targets');
  const url = isObject(target) ? (textAt(target, 'uri') ?? '') : '';
  if (action['@type'] !== 'OpenUri' || url === '') return [];
  return [{ type: 'Action.OpenUrl', title: textAt(action, 'name') ?? '', url }];
}
