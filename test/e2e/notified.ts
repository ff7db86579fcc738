import { kinds } from '#api/kinds.js';
import { FakeHttpServer, sendJson, type SeenRequest } from '../fakes/http-server.js';
import { FakeSmtpServer } from '../fakes/smtp-server.js';
import type { Cluster } from './cluster.js';

/** What must never be seen outside of the Secret and of the messages to their services. */
export const secrets = { hook: 'hook-key-3b1f7', slack: 'xoxb-3b1f7', mail: 'mail-pass-3b1f7' } as const;

/** Services that notifications go to, with what arrived. */
export interface Services {
  readonly slack: FakeHttpServer;
  readonly mail: FakeSmtpServer;
  /** Texts that the webhook took, oldest first. */
  taken(): readonly string[];
  /** How many requests came while the webhook was down. */
  refused(): number;
  setDown(isDown: boolean): void;
  readonly hook: FakeHttpServer;
  stop(): Promise<void>;
}

/** Starts a webhook that can be taken down, a Slack and a mail server on loopback. */
export async function startServices(): Promise<Services> {
  const hook = await FakeHttpServer.start();
  const slack = await FakeHttpServer.start();
  const mail = await FakeSmtpServer.start();
  const taken: SeenRequest[] = [];
  let refused = 0;
  let isDown = false;
  hook.answer = (request, response) => {
    // Down is a connection that breaks: nothing was answered.
    if (isDown) {
      refused += 1;
      return void response.destroy();
    }
    taken.push(request);
    sendJson(response, 200, '');
  };
  slack.answer = (_, response) => sendJson(response, 200, { ok: true, ts: '1', channel: 'C1' });
  return {
    hook,
    slack,
    mail,
    taken: () => taken.map(({ body }) => body),
    refused: () => refused,
    setDown: (value) => void (isDown = value),
    stop: async () => void (await Promise.all([hook.stop(), slack.stop(), mail.stop()])),
  };
}

const triggers = [
  'on-rollout-updated',
  'on-rollout-step-completed',
  'on-rollout-paused',
  'on-rollout-resumed',
  'on-rollout-completed',
  'on-rollout-aborted',
  'on-analysis-run-running',
  'on-analysis-run-successful',
  'on-analysis-run-failed',
] as const;

/** What the ConfigMap says: each trigger tells its name, the Rollout's, and the step where it is. */
export function configuration(services: Services): Readonly<Record<string, string>> {
  const mine = triggers.flatMap((trigger): readonly (readonly [string, string])[] => [
    [`trigger.${trigger}`, `- send: [${trigger}]`],
    [
      `template.${trigger}`,
      `message: "${trigger} {{.rollout.metadata.name}}"
webhook:
  hook:
    method: POST
    body: "${trigger} {{.rollout.metadata.name}} {{.recipient}}"
email:
  subject: "{{.rollout.metadata.name}}: ${trigger}"`,
    ],
  ]);
  return {
    'service.webhook.hook': `url: ${services.hook.url}
retryMax: 1
retryWaitMin: 100ms
headers:
- {name: X-Key, value: $hook}`,
    'service.slack': `token: $slack
apiURL: ${services.slack.url}/api/`,
    'service.email': `host: 127.0.0.1
port: ${services.mail.port}
from: releases@example.test`,
    ...Object.fromEntries(mine),
  };
}

/** Writes ConfigMap and Secret beside the controllers; the ConfigMap is replaced whole. */
export async function configure(at: Cluster, data: Readonly<Record<string, string>>): Promise<void> {
  const stringData = secrets;
  await at.apply(
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'argo-rollouts-notification-secret' }, stringData },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'argo-rollouts-notification-configmap' }, data },
  );
}

/** Annotations that subscribe to every trigger: the webhook, and of the end also Slack and mail. */
export const subscribed = {
  'notifications.argoproj.io/subscriptions': JSON.stringify([
    { trigger: triggers, destinations: [{ service: 'hook', recipients: ['ops'] }] },
  ]),
  'notifications.argoproj.io/subscribe.on-rollout-completed.slack': 'releases',
  'notifications.argoproj.io/subscribe.on-rollout-completed.email': 'ops@example.test',
} as const;

/** All that the cluster and the controllers show to people, in which no secret may be. */
export async function everythingSaid(at: Cluster): Promise<string> {
  const shown = await Promise.all([
    at.list(kinds.event),
    at.list(kinds.rollout),
    at.list(kinds.analysisRun),
    at.list(kinds.configMap),
  ]);
  return JSON.stringify(shown) + at.logs();
}
