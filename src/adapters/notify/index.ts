import type { Notifier } from '#ports/notifier.js';
import type { NotifierDeps } from './deps.js';
import { createDiscordNotifier } from './discord/notifier.js';
import { createEmailNotifier } from './email/notifier.js';
import { createGrafanaNotifier } from './grafana/notifier.js';
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
  const all: readonly Notifier[] = [
    createSlackNotifier(),
    createEmailNotifier(),
    createWebhookNotifier(deps),
    createTeamsNotifier(),
    createTeamsWorkflowsNotifier(),
    createOpsgenieNotifier(),
    createPagerDutyNotifier(),
    createPagerDutyV2Notifier(),
    createGrafanaNotifier(deps),
    createDiscordNotifier(),
  ];
  return new Map(all.map((notifier) => [notifier.type, notifier]));
}
