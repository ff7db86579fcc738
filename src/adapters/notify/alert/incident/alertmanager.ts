import { titleCased } from '#core/alert/words.js';
import { authorization, type Encode, needed } from '../outgoing.js';

/** One firing alert of Prometheus; when it ends is Alertmanager's to say. */
export const encodeAlertmanager: Encode = ({ destination, event }) => {
  const { kind, name, namespace } = event.involvedObject;
  const { summary, ...metadata } = event.metadata ?? {};
  const { url, login } = withoutLogin(needed(destination, 'address'));
  return [
    {
      url,
      headers: { ...login, ...authorization(destination) },
      body: [
        {
          labels: {
            ...metadata,
            alertname: `Flux${kind}${titleCased(event.reason)}`,
            severity: event.severity,
            reason: event.reason,
            kind,
            name,
            namespace,
            reportingcontroller: event.reportingController,
          },
          annotations: { message: event.message, ...(summary === undefined ? {} : { summary }) },
          startsAt: event.timestamp,
          status: 'firing',
        },
      ],
    },
  ];
};

/** A login may be part of the address. */
function withoutLogin(address: string): { readonly url: string; readonly login: Record<string, string> } {
  if (!URL.canParse(address)) return { url: address, login: {} };
  const url = new URL(address);
  if (url.username === '') return { url: address, login: {} };
  const pair = [url.username, url.password].map(decodeURIComponent).join(':');
  url.username = '';
  url.password = '';
  const login = { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
  return { url: url.href, login };
}
