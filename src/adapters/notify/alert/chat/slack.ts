import type { JsonObject } from '#core/json/json.js';
import { factsOf, isFailure, objectTitle } from '#core/alert/words.js';
import type { AlertMessage } from '#ports/alert-sender.js';
import { authorization, baseOf, type Encode, needed } from '../outgoing.js';

/** The colours of good news and bad. */
type Colours = readonly [good: string, bad: string];

/** A message of Slack, to its Web API or a webhook. */
export const encodeSlack: Encode = (message) => {
  const { destination } = message;
  return [
    {
      url: needed(destination, 'address'),
      headers: authorization(destination),
      body: slackMessage(message, ['good', 'danger']),
    },
  ];
};

/** Discord takes messages of Slack at `/slack`. */
export const encodeDiscord: Encode = (message) => {
  const base = baseOf(message.destination);
  const { channel: _none, ...body } = slackMessage(message, ['good', 'danger']);
  return [{ url: base.endsWith('/slack') ? base : `${base}/slack`, body }];
};

/** Rocket.Chat takes messages of Slack too. */
export const encodeRocket: Encode = (message) => [
  { url: needed(message.destination, 'address'), body: slackMessage(message, ['#0076D7', '#FF0000']) },
];

function slackMessage({ destination, event }: AlertMessage, [good, bad]: Colours): JsonObject {
  const { channel, username } = destination;
  return {
    ...(channel === '' ? {} : { channel }),
    username: username === '' ? event.reportingController : username,
    attachments: [
      {
        color: isFailure(event) ? bad : good,
        author_name: objectTitle(event),
        text: event.message,
        mrkdwn_in: ['text'],
        fields: factsOf(event).map(([title, value]) => ({ title, value, short: false })),
      },
    ],
  };
}
