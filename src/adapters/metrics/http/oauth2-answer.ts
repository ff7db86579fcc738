import { STATUS_CODES } from 'node:http';
import { isObject } from '#core/json/json.js';
import type { HttpAnswer } from './call.js';
import { QueryFailure } from './failure.js';
import { readJson } from './json.js';

/** A token as the value for `Authorization`, or why there is none. */
export type Offer = { readonly value: string; readonly lifeSeconds: number } | { readonly problem: string };

/** What a token endpoint says, as JSON or as a form; the words are those of Go's oauth2. */
export function readOffer({ status, contentType, text }: HttpAnswer): Offer {
  const isForm = ['application/x-www-form-urlencoded', 'text/plain'].includes(contentType);
  const answer = isForm ? Object.fromEntries(new URLSearchParams(text)) : parse(text);
  const { error, error_description: why = '' } = isObject(answer) ? answer : {};
  if (typeof error === 'string' && error !== '') {
    return { problem: `oauth2: "${error}"${why === '' ? '' : ` "${String(why)}"`}` };
  }
  if (status < 200 || status > 299) {
    const response = text === '' ? '' : `: ${text.slice(0, maxShown)}`;
    return {
      problem: `oauth2: cannot fetch token: ${status} ${STATUS_CODES[status] ?? ''}`.trim() + response,
    };
  }
  if (answer instanceof QueryFailure) return { problem: `oauth2: cannot parse json: ${answer.message}` };
  const { access_token: access, token_type: type, expires_in: seconds } = isObject(answer) ? answer : {};
  if (typeof access !== 'string' || access === '') {
    return { problem: 'oauth2: server response missing access_token' };
  }
  const kind = typeof type === 'string' && type !== '' ? type : 'Bearer';
  return { value: `${kinds[kind.toLowerCase()] ?? kind} ${access}`, lifeSeconds: Number(seconds ?? 3600) };
}

const kinds: Readonly<Record<string, string>> = { bearer: 'Bearer', mac: 'MAC', basic: 'Basic' };
const maxShown = 200;

function parse(text: string): unknown {
  try {
    return readJson(text);
  } catch (thrown) {
    if (thrown instanceof QueryFailure) return thrown;
    throw thrown;
  }
}
