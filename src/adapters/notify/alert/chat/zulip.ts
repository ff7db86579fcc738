import { markdownOf } from '#core/alert/words.js';
import { AppError } from '#ports/errors.js';
import { basic, type Encode, needed } from '../outgoing.js';

/** A topic of Zulip: the channel is `<channel>/<topic>`, and a bot logs in with its name and key. */
export const encodeZulip: Encode = ({ destination, event }) => {
  const { username, password } = destination;
  const at = needed(destination, 'channel').indexOf('/');
  const [to, topic] = [destination.channel.slice(0, Math.max(at, 0)), destination.channel.slice(at + 1)];
  if (to === '' || topic === '')
    throw new AppError('NotifyInvalid', 'zulip: the channel is not <channel>/<topic>');
  const address = needed(destination, 'address');
  if (!URL.canParse(address)) throw new AppError('NotifyInvalid', 'zulip: the address is no URL');
  const form = new URLSearchParams({ type: 'stream', to, topic, content: markdownOf(event) });
  return [
    {
      url: new URL('/api/v1/messages', address).href,
      headers: { ...basic(username, password), 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
    },
  ];
};
