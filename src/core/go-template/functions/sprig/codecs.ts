import { isList, isMap } from '#core/expr/values/shape.js';
import { RE2JS, RE2JSException } from 're2js';
import { utf8 } from '#core/expr/values/utf8.js';
import { Moment, Span } from '#core/expr/values/special.js';
import { sha256Hex } from '#core/digest/sha256.js';
import { formatGoTime } from '#core/time/go-layout.js';
import { sha1 } from '#core/digest/sha1.js';
import { TemplateError } from '../../template-error.js';
import { type Datum, GoFunction, sortedKeys, toDatum, typeName } from '../../value.js';
import { type FunctionTable, intAt, looseText, textAt } from '../argument.js';

/** A value as JSON would hold it; keys sorted as Go sorts them. */
function plain(value: Datum): unknown {
  if (value instanceof Moment) return formatGoTime(value.epochNs, '2006-01-02T15:04:05.999999999Z07:00');
  if (value instanceof Span) return Number(value.ns);
  if (value instanceof GoFunction) throw new TemplateError('json: unsupported type: func');
  if (typeof value === 'bigint') return Number(value);
  if (isList(value)) return value.map(plain);
  if (isMap(value))
    return Object.fromEntries(sortedKeys(value).map((key) => [key, plain(value[key] ?? null)]));
  return value;
}

function escapedJson(text: string): string {
  return text.replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function fromJson(text: string): Datum {
  try {
    return toDatum(JSON.parse(text));
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
    throw new TemplateError(`invalid JSON: ${thrown.message}`);
  }
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...utf8(text)));
}

function fromBase64(text: string): string {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(text), (char) => char.charCodeAt(0)));
  } catch (thrown) {
    // The decoder's answer to a text that is no base64; sprig gives the reason as the result.
    if (thrown instanceof Error) return `illegal base64 data: ${thrown.message}`;
    throw thrown;
  }
}

function pattern(source: string): RE2JS {
  try {
    return RE2JS.compile(source);
  } catch (thrown) {
    if (!(thrown instanceof RE2JSException)) throw thrown;
    throw new TemplateError(thrown.message);
  }
}

function matches(source: string, text: string, limit: number): readonly string[] {
  const matcher = pattern(source).matcher(text);
  const found: string[] = [];
  while (matcher.find()) {
    if (found.length === limit) break;
    found.push(matcher.group() ?? '');
  }
  return found;
}

/** `${1}` and `$1` of Go in the words of the library. */
function replaceAll(source: string, text: string, by: string): string {
  return pattern(source)
    .matcher(text)
    .replaceAll(by.replace(/\$\{(\w+)\}/g, '$$$1'));
}

function replaceLiterally(source: string, text: string, by: string): string {
  const matcher = pattern(source).matcher(text);
  const parts: string[] = [];
  let last = 0;
  while (matcher.find()) {
    parts.push(text.slice(last, matcher.start()), by);
    last = matcher.end();
  }
  return parts.join('') + text.slice(last);
}

/** Whether the pattern occurs; a bad one occurs nowhere, as in sprig. */
function occurs(source: string, text: string): boolean {
  try {
    return pattern(source).test(text);
  } catch (thrown) {
    // Only the strict function of sprig tells of a bad pattern.
    if (thrown instanceof TemplateError) return false;
    throw thrown;
  }
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Sprig's codecs, digests, patterns and looks at types. */
export const codecFunctions: FunctionTable = {
  toJson: ([value = null]) => escapedJson(JSON.stringify(plain(value))),
  toRawJson: ([value = null]) => JSON.stringify(plain(value)),
  toPrettyJson: ([value = null]) => escapedJson(JSON.stringify(plain(value), null, 2)),
  fromJson: (args) => fromJson(textAt(args, 0)),
  b64enc: (args) => base64(textAt(args, 0)),
  b64dec: (args) => fromBase64(textAt(args, 0)),
  sha1sum: (args) => hex(sha1(textAt(args, 0))),
  sha256sum: (args) => sha256Hex(textAt(args, 0)),
  regexMatch: (args) => occurs(textAt(args, 0), textAt(args, 1)),
  mustRegexMatch: (args) => pattern(textAt(args, 0)).test(textAt(args, 1)),
  regexFind: (args) => matches(textAt(args, 0), textAt(args, 1), 1)[0] ?? '',
  regexFindAll: (args) => matches(textAt(args, 0), textAt(args, 1), intAt(args, 2)),
  regexReplaceAll: (args) => replaceAll(textAt(args, 0), textAt(args, 1), textAt(args, 2)),
  regexReplaceAllLiteral: (args) => replaceLiterally(textAt(args, 0), textAt(args, 1), textAt(args, 2)),
  regexSplit: (args) => pattern(textAt(args, 0)).split(textAt(args, 1), Math.max(0, intAt(args, 2))),
  regexQuoteMeta: (args) => RE2JS.quote(textAt(args, 0)),
  typeOf: ([value = null]) => typeName(value),
  typeIs: ([name = null, value = null]) => looseText(name) === typeName(value),
  kindOf: ([value = null]) => kindOf(value),
  kindIs: ([name = null, value = null]) => looseText(name) === kindOf(value),
};

function kindOf(value: Datum): string {
  if (isList(value)) return 'slice';
  if (isMap(value)) return 'map';
  return value === null
    ? 'invalid'
    : typeName(value).replace('time.Time', 'struct').replace('time.Duration', 'int64');
}
