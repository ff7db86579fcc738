import type { ProviderType } from '#api/flux/provider.js';
import type { AlertMessage, AlertSender } from '#ports/alert-sender.js';
import { AppError } from '#ports/errors.js';
import { createMessenger, type Messenger, refusalOf } from '../http/exchange.js';
import type { NotifierDeps } from '../deps.js';
import { readSlackAnswer } from '../slack/answer.js';
import { encodeGoogleChat, encodeLark } from './chat/cards.js';
import { encodeMsTeams } from './chat/msteams.js';
import { encodeZoom } from './chat/zoom.js';
import { encodeZulip } from './chat/zulip.js';
import { type CommentHost, tellComment } from './comment/comment-host.js';
import { giteaPullRequest, githubPullRequest, gitlabMergeRequest } from './comment/hosts.js';
import { encodeMatrix, encodeTelegram, encodeWebex } from './chat/plain.js';
import { encodeDiscord, encodeRocket, encodeSlack } from './chat/slack.js';
import { bitbucket, bitbucketServer } from './commit/atlassian.js';
import { azureDevops } from './commit/azure-devops.js';
import type { Forge } from './commit/forge.js';
import { gitea, github, gitlab } from './commit/hosts.js';
import { encodeGeneric, encodeGenericHmac, encodeGithubDispatch } from './generic.js';
import { encodeAlertmanager } from './incident/alertmanager.js';
import { encodeDatadog, encodeGrafana, encodeOpsgenie } from './incident/others.js';
import { encodeIncidentIo } from './incident/incident-io.js';
import { encodePagerDuty } from './incident/pagerduty.js';
import { encodeSentry } from './incident/sentry.js';
import { type Encode, exchangeOf } from './outgoing.js';

/** Types that are told of events. One line adds one. */
const encoders: Partial<Readonly<Record<ProviderType, Encode>>> = {
  slack: encodeSlack,
  discord: encodeDiscord,
  rocket: encodeRocket,
  msteams: encodeMsTeams,
  googlechat: encodeGoogleChat,
  lark: encodeLark,
  webex: encodeWebex,
  telegram: encodeTelegram,
  matrix: encodeMatrix,
  generic: encodeGeneric,
  'generic-hmac': encodeGenericHmac,
  githubdispatch: encodeGithubDispatch,
  opsgenie: encodeOpsgenie,
  pagerduty: encodePagerDuty,
  grafana: encodeGrafana,
  datadog: encodeDatadog,
  alertmanager: encodeAlertmanager,
  sentry: encodeSentry,
  zulip: encodeZulip,
  zoom: encodeZoom,
  'incident.io': encodeIncidentIo,
};

/** Types that are told the status of a commit. */
const forges: Partial<Readonly<Record<ProviderType, Forge>>> = {
  github,
  gitlab,
  gitea,
  bitbucket,
  bitbucketserver: bitbucketServer,
  azuredevops: azureDevops,
};

/** Types that comment on a change request. */
const commentHosts: Partial<Readonly<Record<ProviderType, CommentHost>>> = {
  githubpullrequestcomment: githubPullRequest,
  gitlabmergerequestcomment: gitlabMergeRequest,
  giteapullrequestcomment: giteaPullRequest,
};

// Keys of the three tables.
const served = [encoders, forges, commentHosts].flatMap((table) => Object.keys(table)) as ProviderType[];

/** Sends messages of Alerts to every type of Provider that is served. */
export function createAlertSender({ guard }: Pick<NotifierDeps, 'guard'>): AlertSender {
  const messenger = createMessenger(guard);
  return { types: new Set(served), send: (message) => send(messenger, message) };
}

async function send(messenger: Messenger, message: AlertMessage): Promise<void> {
  const { type } = message.destination;
  const forge = forges[type];
  if (forge !== undefined) return setStatus(messenger, forge, message);
  const host = commentHosts[type];
  if (host !== undefined) return tellComment(messenger, host, message);
  const encode = encoders[type];
  if (encode === undefined) throw new AppError('NotifyInvalid', `provider type '${type}' is not supported`);
  for (const outgoing of encode(message)) {
    const answer = await messenger.deliver(exchangeOf(message, outgoing));
    // A webhook of Slack answers with a plain ok.
    if (type === 'slack' && answer.text.trimStart().startsWith('{'))
      readSlackAnswer(answer.text, answer.retryAfterMs);
  }
}

/** A commit that has this status already is left alone: hosts keep every status for ever. */
async function setStatus(messenger: Messenger, forge: Forge, message: AlertMessage): Promise<void> {
  const { commitStatus, destination } = message;
  if (commitStatus === undefined)
    throw new AppError('BrokenInvariant', `${destination.type}: no status of a commit to tell`);
  const answer = await messenger.exchange(exchangeOf(message, forge.ask(message, commitStatus)));
  const isFound = answer.status >= 200 && answer.status <= 299;
  // Before the first status a host may say that there is none.
  if (!isFound && answer.status !== 404) throw refusalOf(destination.type, answer);
  if (isFound && forge.holds(parsed(answer.text), commitStatus)) return;
  await messenger.deliver(exchangeOf(message, forge.tell(message, commitStatus)));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No list of statuses: none is held.
    return undefined;
  }
}
