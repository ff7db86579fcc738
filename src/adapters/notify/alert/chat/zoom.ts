import { factsOf, objectTitle } from '#core/alert/words.js';
import { AppError } from '#ports/errors.js';
import { type Encode, needed } from '../outgoing.js';

/** An incoming webhook of Zoom Team Chat, which wants its token without a word before it. */
export const encodeZoom: Encode = ({ destination, event }) => {
  const address = needed(destination, 'address');
  if (!URL.canParse(address)) throw new AppError('NotifyInvalid', 'zoom: the address is no URL');
  const url = new URL(address);
  if ((url.searchParams.get('format') ?? '') === '') url.searchParams.set('format', 'full');
  const items = factsOf(event).map(([key, value]) => ({ key, value }));
  const fields = items.length === 0 ? [] : [{ type: 'fields', items }];
  return [
    {
      url: url.href,
      headers: { authorization: needed(destination, 'token') },
      body: {
        content: {
          head: { text: objectTitle(event), sub_head: { text: event.severity } },
          body: [{ type: 'message', text: event.message }, ...fields],
        },
      },
    },
  ];
};
