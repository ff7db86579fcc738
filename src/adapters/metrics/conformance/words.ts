import { STATUS_CODES } from 'node:http';
import type { Expected } from './subject.js';

/** The words of sources whose peer has none of its own. */
export function plainRefusal(status: number, text: string): string {
  const said = text === '' ? '' : `: ${text}`;
  return `the server answered ${status} ${STATUS_CODES[status] ?? ''}, retry after 7${said}`;
}

/** What Go says of the three texts that are no JSON, after some words of the source. */
export function noJson(prefix = ''): { html: Expected; cut: Expected; nothing: Expected } {
  return {
    html: { message: `${prefix}invalid character '<' looking for beginning of value` },
    cut: { message: `${prefix}unexpected end of JSON input` },
    nothing: { message: `${prefix}unexpected end of JSON input` },
  };
}

export const sampled = (resultType: string, result: unknown): string =>
  JSON.stringify({ status: 'success', data: { resultType, result } });

/** NaN and infinities as the query API of Prometheus writes them. */
export const sampledOddities: readonly (readonly [string, string, Expected])[] = [
  ['no series', sampled('vector', []), { value: '[]' }],
  ['no series of a range', sampled('matrix', []), { value: '[]' }],
  [
    'NaN and infinities',
    sampled('vector', [{ value: [1, 'NaN'] }, { value: [1, '+Inf'] }, { value: [1, '-Inf'] }]),
    { value: '[NaN,+Inf,-Inf]' },
  ],
  ['a scalar that is NaN', sampled('scalar', [1, 'NaN']), { value: 'NaN' }],
  ['a value that is none', sampled('scalar', [1, 'x']), { message: 'bad_response: [1,"x"] is no sample' }],
  ['no list of series', sampled('vector', 7), { message: 'bad_response: the result is no list of series' }],
];
