import type { FluxEvent } from '#core/alert/flux-event.js';
import { factsOf, isFailure, objectTitle } from '#core/alert/words.js';
import { authorization, baseOf, type Encode, needed } from '../outgoing.js';

const telegramApi = 'https://api.telegram.org';
/** Telegram refuses longer ones. */
const mostOfTelegram = 4096;

/** A bot of Telegram. */
export const encodeTelegram: Encode = ({ destination, event }) => {
  const base = destination.address === '' ? telegramApi : baseOf(destination);
  const body = {
    chat_id: needed(destination, 'channel'),
    text: textOf(event).slice(0, mostOfTelegram),
    disable_web_page_preview: true,
  };
  return [{ url: `${base}/bot${needed(destination, 'token')}/sendMessage`, body }];
};

/** A room of Matrix. The id of the message is that of the transaction, so that it comes once however often it is tried. */
export const encodeMatrix: Encode = ({ destination, event, id }) => {
  const room = encodeURIComponent(needed(destination, 'channel'));
  needed(destination, 'token');
  return [
    {
      method: 'PUT',
      url: `${baseOf(destination)}/_matrix/client/v3/rooms/${room}/send/m.room.message/${id}`,
      headers: authorization(destination),
      body: { msgtype: 'm.text', body: textOf(event) },
    },
  ];
};

/** A room of Webex. */
export const encodeWebex: Encode = ({ destination, event }) => {
  const facts = factsOf(event).map(([name, value]) => `>**${name}**: ${value}\n`);
  const mark = isFailure(event) ? '&#x1F4A3;' : '&#x2139;&#xFE0F;';
  const markdown = `${mark} **${event.reason}/${objectTitle(event)}**\n${event.message}\n${facts.join('')}`;
  return [
    {
      url: needed(destination, 'address'),
      headers: authorization(destination),
      body: { roomId: needed(destination, 'channel'), markdown },
    },
  ];
};

function textOf(event: FluxEvent): string {
  const facts = factsOf(event).map(([name, value]) => `\n${name}: ${value}`);
  const mark = isFailure(event) ? '🚨' : '💫';
  return `${mark} ${objectTitle(event)}\n${event.message}${facts.join('')}`;
}
