import type { JsonObject } from '#core/json/json.js';
import { factsOf, isFailure, objectTitle } from '#core/alert/words.js';
import type { FluxEvent } from '#core/alert/flux-event.js';
import { type Encode, needed } from '../outgoing.js';

/** Microsoft Teams: an adaptive card to a workflow, or the card of a connector to hosts under `.webhook.office.com`. */
export const encodeMsTeams: Encode = ({ destination, event }) => {
  const url = needed(destination, 'address');
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  return [{ url, body: host.endsWith('.webhook.office.com') ? connectorCard(event) : adaptiveCard(event) }];
};

function connectorCard(event: FluxEvent): JsonObject {
  return {
    '@type': 'MessageCard',
    '@context': 'http://schema.org/extensions',
    themeColor: isFailure(event) ? 'FF0000' : '0076D7',
    summary: objectTitle(event),
    sections: [
      {
        activityTitle: event.message,
        activitySubtitle: objectTitle(event),
        facts: factsOf(event).map(([name, value]) => ({ name, value })),
      },
    ],
  };
}

function adaptiveCard(event: FluxEvent): JsonObject {
  const facts = factsOf(event).map(([title, value]) => ({ title, value }));
  const color = isFailure(event) ? 'attention' : 'accent';
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          msteams: { width: 'Full' },
          body: [
            { type: 'TextBlock', text: objectTitle(event), size: 'large', wrap: true, style: 'heading' },
            { type: 'TextBlock', text: event.message, color, wrap: true },
            ...(facts.length === 0 ? [] : [{ type: 'FactSet', facts }]),
          ],
        },
      },
    ],
  };
}
