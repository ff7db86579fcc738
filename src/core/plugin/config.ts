import { isObject, type JsonObject } from '#core/json/json.js';
import { objectAt, objectsAt, textAt, textsAt } from '#core/json/read.js';
import { parseGoDuration } from '#core/time/duration.js';
import { parseYaml } from '#core/yaml/yaml.js';
import { parseLocation, type PluginLocation } from './location.js';
import type { PluginKind } from './protocol.js';

/** The ConfigMap, in the namespace of the controller, that names the plugins. */
export const pluginConfigMap = 'argo-rollouts-config';

/** One configured plugin. */
export interface PluginEntry {
  readonly kind: PluginKind;
  /** `<namespace>/<name>`, as steps and metrics name it. */
  readonly name: string;
  readonly location: PluginLocation;
  /** Lower-case hex of the file; checked whenever it is started. */
  readonly sha256?: string;
  readonly disabled: boolean;
  readonly args: readonly string[];
  /** Put into the program's environment; ours, the peer has no such field. */
  readonly env: Readonly<Record<string, string>>;
  /** Names of Secrets in the namespace of the controller whose keys are sent as headers to an endpoint. */
  readonly headersFrom: readonly string[];
  /** How long one answer may take; ours, the peer waits without end. */
  readonly timeoutMs: number;
  /** Of a key plugin: the services that it opens keys of; absent: all. */
  readonly services?: readonly string[];
  /** Of a key plugin: for whom tokens of accounts are made; absent: it gets none. */
  readonly audiences?: readonly string[];
}

/** All plugins that are configured. */
export interface PluginConfig {
  readonly step: readonly PluginEntry[];
  readonly metric: readonly PluginEntry[];
  readonly key: readonly PluginEntry[];
  /** Names under `trafficRouterPlugins`, which are not supported. */
  readonly trafficRouters: readonly string[];
}

/** Nobody configured a plugin. */
export const emptyPluginConfig: PluginConfig = { step: [], metric: [], key: [], trafficRouters: [] };

/** What a ConfigMap says, and what is wrong in it. */
export interface ParsedPluginConfig {
  readonly config: PluginConfig;
  /** What is wrong, a sentence each; a key with a problem keeps what it said before. */
  readonly problems: readonly string[];
}

const keys = {
  step: 'stepPlugins',
  metric: 'metricProviderPlugins',
  key: 'keyPlugins',
  trafficRouters: 'trafficRouterPlugins',
};

const defaultTimeoutMs = 30_000;
const maxTimeoutMs = 300_000;

/** Reads the ConfigMap's data. A key that cannot be read counts as it was in `last`; an absent key has no plugins. */
export function parsePluginConfig(
  data: Readonly<Record<string, string>>,
  last: PluginConfig = emptyPluginConfig,
): ParsedPluginConfig {
  const step = readKey(data, 'step');
  const metric = readKey(data, 'metric');
  const key = readKey(data, 'key');
  const routers = parseList(data[keys.trafficRouters]);
  const problems = [step, metric, key].flatMap((read) => (read.ok ? [] : [read.message]));
  return {
    config: {
      step: step.ok ? step.entries : last.step,
      metric: metric.ok ? metric.entries : last.metric,
      key: key.ok ? key.entries : last.key,
      trafficRouters: routers.ok ? routers.items.map((item) => textAt(item, 'name') ?? '') : [],
    },
    problems,
  };
}

/** What the configuration says of a plugin. */
export type PluginState =
  | { readonly kind: 'ready'; readonly entry: PluginEntry }
  | { readonly kind: 'disabled' }
  | { readonly kind: 'unusable'; readonly message: string };

/** Whether this plugin can be asked; the message of one that cannot says what to do. */
export function findPlugin(config: PluginConfig, kind: PluginKind, name: string): PluginState {
  const entry = config[kind].find((candidate) => candidate.name === name);
  if (entry === undefined) {
    const where = `${keys[kind]} of ConfigMap ${pluginConfigMap}`;
    return { kind: 'unusable', message: `plugin ${name} not configured in configmap: add it to ${where}` };
  }
  if (entry.disabled) return { kind: 'disabled' };
  const { location } = entry;
  if (location.kind !== 'unusable') return { kind: 'ready', entry };
  return { kind: 'unusable', message: `plugin ${name}: ${location.message}` };
}

type ReadKey =
  | { readonly ok: true; readonly entries: readonly PluginEntry[] }
  | { readonly ok: false; readonly message: string };

function readKey(data: Readonly<Record<string, string>>, kind: PluginKind): ReadKey {
  const key = keys[kind];
  const list = parseList(data[key]);
  if (!list.ok) return { ok: false, message: `${key}: ${list.message}` };
  const entries: PluginEntry[] = [];
  for (const [i, item] of list.items.entries()) {
    const problem = findItemProblem(item, entries);
    if (problem !== undefined) return { ok: false, message: `${key}[${i}]: ${problem}` };
    entries.push(entryOf(kind, item));
  }
  return { ok: true, entries };
}

type List =
  | { readonly ok: true; readonly items: readonly JsonObject[] }
  | { readonly ok: false; readonly message: string };

function parseList(text: string | undefined): List {
  if (text === undefined || text.trim() === '') return { ok: true, items: [] };
  const parsed = parseYaml(text);
  if (!parsed.ok) {
    const { message, line } = parsed.problem;
    return { ok: false, message: `bad YAML${line === undefined ? '' : ` in line ${line}`}: ${message}` };
  }
  const { value } = parsed;
  if (value === undefined || value === null) return { ok: true, items: [] };
  if (!Array.isArray(value)) return { ok: false, message: 'must be a list of plugins' };
  const items = value.filter(isObject);
  return items.length === value.length
    ? { ok: true, items }
    : { ok: false, message: 'every item must be an object' };
}

function findItemProblem(item: JsonObject, before: readonly PluginEntry[]): string | undefined {
  const name = textAt(item, 'name');
  if (name === undefined || !/^[^/\s]+\/[^/\s]+$/.test(name)) {
    return `plugin name (${name ?? ''}) must be in the format of <namespace>/<name>`;
  }
  if (before.some((other) => other.name === name)) return `plugin ${name} is named twice`;
  if (textAt(item, 'location') === undefined) return `plugin ${name} has no location`;
  const sha256 = item['sha256'];
  const isSha = sha256 === undefined || sha256 === null || sha256 === '' || isSha256(sha256);
  if (!isSha) return `plugin ${name}: sha256 must be 64 hexadecimal digits`;
  const timeout = textAt(item, 'timeout');
  const ms = timeout === undefined ? defaultTimeoutMs : (parseGoDuration(timeout) ?? Number.NaN);
  return ms > 0 && ms <= maxTimeoutMs
    ? undefined
    : `plugin ${name}: timeout must be a duration of more than 0s and at most 5m, such as 30s`;
}

function isSha256(value: unknown): boolean {
  return typeof value === 'string' && /^[0-9a-fA-F]{64}$/.test(value);
}

function entryOf(kind: PluginKind, item: JsonObject): PluginEntry {
  const sha256 = textAt(item, 'sha256')?.toLowerCase() || undefined;
  return {
    kind,
    name: textAt(item, 'name') ?? '',
    location: parseLocation(textAt(item, 'location') ?? '', sha256),
    ...(sha256 === undefined ? {} : { sha256 }),
    disabled: item['disabled'] === true,
    args: textsAt(item, 'args'),
    env: Object.fromEntries(
      Object.entries(objectAt(item, 'env')).map(([key, value]) => [key, textOf(value)] as const),
    ),
    headersFrom: objectsAt(item, 'headersFrom').flatMap(secretName),
    timeoutMs: parseGoDuration(textAt(item, 'timeout') ?? '') ?? defaultTimeoutMs,
    ...(kind === 'key' ? keyFields(item) : {}),
  };
}

function keyFields(item: JsonObject): Pick<PluginEntry, 'services' | 'audiences'> {
  const services = textsAt(item, 'services');
  const audiences = textsAt(item, 'audiences');
  return {
    ...(services.length === 0 ? {} : { services }),
    ...(audiences.length === 0 ? {} : { audiences }),
  };
}

function secretName(item: JsonObject): readonly string[] {
  const name = textAt(item['secretRef'], 'name');
  return name === undefined ? [] : [name];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}
