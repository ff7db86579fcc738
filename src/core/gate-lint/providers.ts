import type { Metric } from '#api/argoproj/analysis-template.js';
import { providerOf } from '#core/analysis/spec/spec-problem.js';
import { isComparison } from '#core/comparison/going.js';
import { readSettings } from '#core/comparison/settings.js';
import { isObject, type JsonObject } from '#core/json/json.js';
import { objectAt, textAt } from '#core/json/read.js';
import { parseGoDuration } from '#core/time/duration.js';
import { textsBelow, type Level, type Remark } from './remark.js';

/** What the sources themselves say of their settings; `undefined`: nothing. They live outside of the core. */
export interface SourceChecks {
  jsonPath(text: string): string | undefined;
  range(range: JsonObject): string | undefined;
  datadog(config: JsonObject): string | undefined;
}

/** The providers that there are. */
const known = [
  'prometheus',
  'web',
  'job',
  'datadog',
  'newRelic',
  'wavefront',
  'graphite',
  'influxdb',
  'cloudWatch',
  'kayenta',
  'skywalking',
  'kubernetes',
  'loki',
  'elasticsearch',
  'plugin',
];

/** What is wrong with where a metric comes from, before anything is asked. Arguments are put in. */
export function findProviderProblems(metric: Metric, path: string, checks: SourceChecks): readonly Remark[] {
  const at = `${path}.provider`;
  const found: Remark[] = [];
  const add = (rule: string, where: string, message: string, level: Level = 'error'): void => {
    found.push({ level, rule, path: `${at}.${where}`, message });
  };
  for (const id of Object.keys(metric.provider)) {
    if (!known.includes(id)) add('unknown-provider', id, `there is no provider "${id}"${suggestion(id)}`);
  }
  const { id, config } = providerOf(metric);
  const settings = isObject(config) ? config : {};
  const say: Say = (rule, field, message, level) =>
    add(rule, `${id}${field === '' ? '' : `.${field}`}`, message, level);
  switch (id) {
    case 'prometheus':
    case 'loki':
      checkPromQuery(settings, checks, say);
      break;
    case 'web':
      checkWeb(settings, checks, say);
      break;
    case 'elasticsearch':
      checkJsonPath(settings, checks, say);
      break;
    case 'datadog': {
      const problem = checks.datadog(settings);
      if (problem !== undefined) say('datadog', '', problem);
      break;
    }
    case 'job':
      checkJob(settings, say);
      break;
    default:
      if (isComparison(metric)) found.push(...comparisonProblems(metric, settings, `${at}.plugin`));
  }
  return found;
}

type Say = (rule: string, field: string, message: string, level?: Level) => void;

function checkPromQuery(config: JsonObject, checks: SourceChecks, say: Say): void {
  const query = textAt(config, 'query') ?? '';
  if (query.trim() === '') say('query', '', 'has no query');
  const bracket = findOpenBracket(query);
  if (bracket !== undefined) say('query', 'query', bracket);
  const { address, timeout, rangeQuery } = config;
  if (typeof address === 'string' && address !== '' && !isAddress(address)) {
    say('address', 'address', `"${address}" is no address: http:// or https:// and a host are needed`);
  }
  if (typeof timeout === 'number' && timeout < 0) say('timeout', 'timeout', 'must not be negative');
  const range = isObject(rangeQuery) ? checks.range(rangeQuery) : undefined;
  if (range !== undefined) say('range-query', 'rangeQuery', range);
  const basic = objectAt(objectAt(config, 'authentication'), 'basicAuth');
  if (((textAt(basic, 'username') ?? '') === '') !== ((textAt(basic, 'password') ?? '') === '')) {
    say('basic-auth', 'authentication.basicAuth', 'needs both username and password');
  }
}

function isAddress(text: string): boolean {
  return /^https?:\/\/[^/\s]+/i.test(text);
}

function checkWeb(config: JsonObject, checks: SourceChecks, say: Say): void {
  const { url, method = 'GET', body, jsonBody } = config;
  if (typeof url === 'string' && !isAddress(url)) {
    say('address', 'url', `"${url}" is no address: http:// or https:// and a host are needed`);
  }
  const hasBody = typeof body === 'string' && body !== '';
  if (hasBody && jsonBody !== undefined) say('web-body', 'body', 'cannot stand beside jsonBody');
  if (method === 'GET' && (hasBody || jsonBody !== undefined)) {
    say('web-body', hasBody ? 'body' : 'jsonBody', 'needs the method POST or PUT');
  }
  if (typeof method === 'string' && !['GET', 'POST', 'PUT'].includes(method)) {
    say('web-method', 'method', `${method} is none of GET, POST, PUT`);
  }
  checkJsonPath(config, checks, say);
}

function checkJsonPath(config: JsonObject, checks: SourceChecks, say: Say): void {
  const text = textAt(config, 'jsonPath') ?? '';
  const problem = text === '' ? undefined : checks.jsonPath(text);
  if (problem !== undefined) say('json-path', 'jsonPath', `is no JSONPath: ${problem}`);
  else if (text !== '' && !text.includes('{')) {
    say('json-path', 'jsonPath', `is a fixed text without braces; write {${text}}`);
  }
}

function checkJob(config: JsonObject, say: Say): void {
  const pod = objectAt(objectAt(objectAt(config, 'spec'), 'template'), 'spec');
  const policy = textAt(pod, 'restartPolicy') ?? 'Always';
  if (policy === 'Never' || policy === 'OnFailure') return;
  say('job', 'spec', 'spec.template.spec.restartPolicy must be Never or OnFailure: Jobs take no other');
}

function comparisonProblems(metric: Metric, config: JsonObject, at: string): readonly Remark[] {
  const settings = readSettings(config);
  if (!settings.ok) return [{ level: 'error', rule: 'comparison', path: at, message: settings.message }];
  const intervalMs = parseGoDuration(metric.interval ?? '1m');
  return textsBelow(config, '').flatMap(({ text }): readonly Remark[] => {
    const windows = [...text.matchAll(/\[(\d+(?:ms|s|m|h))\]/g)].map(([, window = '']) => window);
    const other = windows.find((window) => parseGoDuration(window) !== intervalMs);
    if (other === undefined || intervalMs === undefined) return [];
    const message = `looks back ${other}, but is asked every ${metric.interval ?? '1m'}: counts must be those of one interval`;
    return [{ level: 'warning', rule: 'comparison-window', path: at, message }];
  });
}

/** The first bracket or quote of a query that is never closed, or closed without being open. */
function findOpenBracket(query: string): string | undefined {
  const open: string[] = [];
  const text = query.replaceAll(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`|#[^\n]*/g, '');
  const quote = /["'`]/.exec(text);
  if (quote !== null) return `${quote[0]} is never closed`;
  for (const [char] of text.matchAll(/[()[\]{}]/g)) {
    if ('([{'.includes(char)) open.push(char);
    else if (open.pop() !== pairs[char]) return `${char} closes nothing that is open`;
  }
  const left = open.at(-1);
  return left === undefined ? undefined : `${left} is never closed`;
}

const pairs: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** `; is prometheus meant?` when a name is a slip away. */
function suggestion(id: string): string {
  const close = known.find((name) => distance(name.toLowerCase(), id.toLowerCase()) <= 2);
  return close === undefined ? `: there are ${known.join(', ')}` : `: is ${close} meant?`;
}

/** How many letters are to be put in, left out or exchanged. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const exchanged = (row[j - 1] ?? 0) + (a.charAt(i - 1) === b.charAt(j - 1) ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, exchanged));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
