import { QueryFailure } from '../../http/failure.js';
import type { Slice } from './steps.js';

/** What stands between brackets and is no key; nothing at all is the first item. Throws QueryFailure. */
export function parseSlice(text: string): Slice {
  const match = /^(-?\d*)(:-?\d*)?(:-?\d*)?$/.exec(text);
  if (match === null) throw new QueryFailure(`invalid array index ${text}`);
  const [from, to, by] = [match[1], match[2]?.slice(1), match[3]?.slice(1)].map(readNumber);
  return {
    kind: 'slice',
    isIndex: match[2] === undefined,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(by === undefined ? {} : { by }),
  };
}

function readNumber(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (text === '-') throw new QueryFailure('array index - is not a number');
  return Number(text);
}
