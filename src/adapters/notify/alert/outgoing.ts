import type { AlertMessage, Destination } from '#ports/alert-sender.js';
import { AppError } from '#ports/errors.js';
import type { Exchange } from '../http/exchange.js';

/** One request to the service of a Provider. */
export type Outgoing = Pick<Exchange, 'url' | 'method' | 'headers' | 'body'>;

/** What is sent for an event, in this order. Throws NotifyInvalid when the Provider lacks what its type needs. */
export type Encode = (message: AlertMessage) => readonly Outgoing[];

/** A field that the type cannot do without. Throws NotifyInvalid. */
export function needed(
  { type, ...fields }: Destination,
  field: 'address' | 'channel' | 'token' | 'username',
): string {
  const value = fields[field];
  if (value !== '') return value;
  throw new AppError('NotifyInvalid', `${type}: ${field} is missing in the Provider and its Secret`);
}

/** The address without slashes at its end. Throws NotifyInvalid when there is none. */
export function baseOf(destination: Destination): string {
  return needed(destination, 'address').replace(/\/+$/, '');
}

/** The header of a token, when there is one; else that of a login, when there is one. */
export function authorization({ token, username, password }: Destination): Readonly<Record<string, string>> {
  if (token !== '') return { authorization: `Bearer ${token}` };
  return password === '' ? {} : basic(username, password);
}

/** The header of a login. */
export function basic(username: string, password: string): Readonly<Record<string, string>> {
  return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
}

/** What a message is sent with beside its content. */
export function exchangeOf(
  { destination, signal }: Pick<AlertMessage, 'destination' | 'signal'>,
  outgoing: Outgoing,
): Exchange {
  const { type, timeoutMs, proxy, tls } = destination;
  const connection = { ...tls, ...(proxy === undefined ? {} : { proxy }) };
  return {
    service: type,
    ...outgoing,
    signal,
    timeoutMs,
    ...(Object.keys(connection).length === 0 ? {} : { connection }),
  };
}
