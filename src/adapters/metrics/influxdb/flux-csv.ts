import { parseGoFloat } from '#core/expr/values/go-float.js';
import { Moment, Span } from '#core/expr/values/special.js';
import { parseGoDuration } from '#core/time/duration.js';
import { QueryFailure } from '../http/failure.js';

/** A table's columns: what its rows are read by. */
interface Table {
  types: readonly string[];
  defaults: readonly string[];
  names: readonly string[];
}

/**
 * The `_value` of every record of every table of an annotated CSV, in order: floats as numbers, ints as bigints, bool, text,
 * moments and lengths of time; nil where a record has none. Throws QueryFailure for an error that Flux reports midway.
 */
export function readFluxValues(text: string): readonly unknown[] {
  const values: unknown[] = [];
  let table: Table = { types: [], defaults: [], names: [] };
  let isHeaderNext = false;
  for (const row of readCsv(text)) {
    if (row.length <= 1) continue;
    const [first = ''] = row;
    if (first === '#datatype') table = { types: row, defaults: [], names: [] };
    else if (first === '#default') table = { ...table, defaults: row };
    if (first.startsWith('#')) {
      isHeaderNext = true;
    } else if (isHeaderNext) {
      table = { ...table, names: row };
      isHeaderNext = false;
    } else {
      values.push(valueOf(row, table));
    }
  }
  return values;
}

function valueOf(row: readonly string[], { types, defaults, names }: Table): unknown {
  if (types.length === 0) throw new QueryFailure('the answer is no annotated CSV');
  if (names[1] === 'error') throw new QueryFailure(problemOf(row));
  const column = names.indexOf('_value');
  if (column < 0) return null;
  const cell = row[column] ?? '';
  return convert(cell === '' ? (defaults[column] ?? '') : cell, types[column] ?? 'string');
}

function problemOf([, message = '', reference = '']: readonly string[]): string {
  const text = message === '' ? 'unknown query error' : message;
  return reference === '' ? text : `${text},${reference}`;
}

function convert(cell: string, type: string): unknown {
  if (cell === '') return null;
  if (type === 'string') return cell;
  const value = converters[type.split(':')[0] ?? '']?.(cell);
  if (value === undefined) throw new QueryFailure(`${JSON.stringify(cell)} is no ${type}`);
  return value;
}

const converters: Readonly<Record<string, (cell: string) => unknown>> = {
  boolean: (cell) => cell.toLowerCase() !== 'false',
  double: parseGoFloat,
  long: (cell) => (/^[+-]?\d+$/.test(cell) ? BigInt(cell) : undefined),
  unsignedLong: (cell) => (/^\d+$/.test(cell) ? BigInt(cell) : undefined),
  duration: (cell) => {
    const ms = parseGoDuration(cell);
    return ms === undefined ? undefined : new Span(BigInt(Math.round(ms * 1e6)));
  },
  dateTime: readMoment,
  base64Binary: (cell) => Uint8Array.from(Buffer.from(cell, 'base64')),
};

/** RFC 3339 to the nanosecond. */
function readMoment(cell: string): Moment | undefined {
  const fraction = /\.(\d{1,9})/.exec(cell)?.[1] ?? '';
  const seconds = Date.parse(cell.replace(/\.\d+/, ''));
  if (Number.isNaN(seconds)) return undefined;
  return new Moment(BigInt(seconds) * 1_000_000n + BigInt(fraction.padEnd(9, '0')));
}

/** The rows of a CSV (RFC 4180); an empty line is a row of one empty cell. */
function* readCsv(text: string): Generator<readonly string[]> {
  const cell = /(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r?\n|$)/y;
  let row: string[] = [];
  while (cell.lastIndex < text.length) {
    const match = cell.exec(text);
    if (match === null) throw new QueryFailure('the answer is no CSV');
    row.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === ',') continue;
    yield row;
    row = [];
  }
  if (row.length > 0) yield [...row, ''];
}
