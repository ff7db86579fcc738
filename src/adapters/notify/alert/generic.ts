import { createHmac } from 'node:crypto';
import type { AlertMessage } from '#ports/alert-sender.js';
import { authorization, type Encode, needed, type Outgoing } from './outgoing.js';

/** The event as it is, for a program of the user's. */
export const encodeGeneric: Encode = (message) => [post(message, JSON.stringify(message.event), {})];

/** As generic, signed with the token. */
export const encodeGenericHmac: Encode = (message) => {
  const body = JSON.stringify(message.event);
  const signature = createHmac('sha256', needed(message.destination, 'token')).update(body).digest('hex');
  return [post(message, body, { 'x-signature': `sha256=${signature}` })];
};

/** An event of a repository of GitHub, which starts workflows. */
export const encodeGithubDispatch: Encode = ({ destination, event }) => {
  const url = new URL(needed(destination, 'address'));
  const [owner = '', repository = ''] = url.pathname.split('/').filter((part) => part !== '');
  const api = url.host === 'github.com' ? 'https://api.github.com' : `${url.origin}/api/v3`;
  const { kind, name, namespace } = event.involvedObject;
  return [
    {
      url: `${api}/repos/${owner}/${repository.replace(/\.git$/, '')}/dispatches`,
      headers: { accept: 'application/vnd.github+json', ...authorization(destination) },
      body: { event_type: `${kind}/${name}.${namespace}`, client_payload: event },
    },
  ];
};

function post(
  { destination, event }: AlertMessage,
  body: string,
  more: Readonly<Record<string, string>>,
): Outgoing {
  return {
    url: needed(destination, 'address'),
    headers: {
      'content-type': 'application/json',
      'gotk-component': event.reportingController,
      ...more,
      ...lowerCased(destination.headers),
    },
    body,
  };
}

function lowerCased(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
