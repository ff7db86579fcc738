import type { Notifier } from '#ports/notifier.js';
import type { NotifierDeps } from './deps.js';
import { createDiscordNotifier } from './discord/notifier.js';
import { createEmailNotifier } from './email/notifier.js';
import { createGrafanaNotifier } from './grafana/notifier.js';
import { createMessenger } from './http/exchange.js';
import { createOpsgenieNotifier } from './opsgenie/notifier.js';
import { createPagerDutyNotifier } from './pagerduty/notifier.js';
import { createPagerDutyV2Notifier } from './pagerdutyv2/notifier.js';
import { createSlackNotifier } from './slack/notifier.js';
import { createTeamsNotifier } from './teams/notifier.js';
import { createTeamsWorkflowsNotifier } from './teams-workflows/notifier.js';
import { createWebhookNotifier } from './webhook/notifier.js';

export type { NotifierDeps } from './deps.js';

/** Every service by its type. One line adds one. */
export function notifiers(deps: NotifierDeps): ReadonlyMap<string, Notifier> {
  const messenger = createMessenger(deps.guard);
  const all: readonly Notifier[] = [
    createSlackNotifier(messenger),
    createEmailNotifier(),
    createWebhookNotifier(deps, messenger),
    createTeamsNotifier(messenger),
    createTeamsWorkflowsNotifier(messenger),
    createOpsgenieNotifier(messenger),
    createPagerDutyNotifier(messenger),
    createPagerDutyV2Notifier(messenger),
    createGrafanaNotifier(deps, messenger),
    createDiscordNotifier(messenger),
  ];
  return new Map(all.map((notifier) => [notifier.type, notifier]));
}
