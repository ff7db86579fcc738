import type { LabelSelector } from '#api/k8s/meta.js';
import { isObject, type JsonObject } from '#core/json/json.js';
import { parseSelector } from '#core/kube/selector.js';
import { parseYaml } from '#core/yaml/yaml.js';
import type { ConfigSource } from './config-source.js';
import { resolveSecrets } from './secret-refs.js';

/** A part of the configuration that can be used, or why it cannot. */
export type Part<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

/** A service as configured, its Secrets put in. */
export interface ServiceConfig {
  readonly type: string;
  readonly name: string;
  readonly options: unknown;
}

/** One condition of a trigger. */
export interface TriggerCondition {
  /** Absent: only an event fires it. */
  readonly when?: string;
  readonly oncePer?: string;
  readonly description?: string;
  /** Names of templates. */
  readonly send: readonly string[];
}

/** A subscription of the administrator, for all Rollouts that its selector matches. */
interface GlobalSubscription {
  /** `service:recipient` or `service`. */
  readonly recipients: readonly string[];
  /** Empty: the default triggers. */
  readonly triggers: readonly string[];
  readonly selector: LabelSelector;
}

/** A configuration, each part on its own: a bad one spoils nothing but itself. */
export interface NotifyConfig {
  readonly source: ConfigSource;
  readonly services: ReadonlyMap<string, Part<ServiceConfig>>;
  /** Parsed YAML; every text in it is a template. */
  readonly templates: ReadonlyMap<string, Part<JsonObject>>;
  readonly triggers: ReadonlyMap<string, Part<readonly TriggerCondition[]>>;
  readonly defaultTriggers: readonly string[];
  readonly serviceDefaultTriggers: ReadonlyMap<string, readonly string[]>;
  readonly subscriptions: readonly GlobalSubscription[];
  /** Values for templates, under `context`. */
  readonly context: Readonly<Record<string, string>>;
  /** What is wrong with parts that belong to no Rollout, for the log. */
  readonly problems: readonly string[];
}

/** Reads what users have in `argo-rollouts-notification-configmap` and the Secret beside it. */
export function parseNotifyConfig(source: ConfigSource): NotifyConfig {
  const problems: string[] = [];
  const read = <T>(key: string, fallback: T, convert: (value: unknown) => T | undefined): T => {
    const text = source.data[key];
    if (text === undefined) return fallback;
    const part = readYaml(key, text, convert);
    if (!part.ok) problems.push(part.problem);
    return part.ok ? part.value : fallback;
  };
  const parts = <T>(prefix: string, parse: (name: string, text: string) => Part<T>) =>
    new Map(
      Object.entries(source.data)
        .filter(([key]) => key.startsWith(prefix))
        .map(([key, text]) => [key.slice(prefix.length), parse(key, text)]),
    );
  const services = parts('service.', (key, text) => parseService(key, text, source));
  return {
    source,
    services: new Map([...services].map(([rest, part]) => [rest.slice(rest.indexOf('.') + 1), part])),
    templates: parts('template.', (key, text) => readYaml(key, text, asObject)),
    triggers: parts('trigger.', (key, text) => readYaml(key, text, asConditions)),
    defaultTriggers: read('defaultTriggers', [], asTexts),
    serviceDefaultTriggers: new Map(
      [...parts('defaultTriggers.', (key, text) => readYaml(key, text, asTexts))].flatMap(([name, part]) => {
        if (!part.ok) problems.push(part.problem);
        return part.ok ? [[name, part.value] as const] : [];
      }),
    ),
    subscriptions: read('subscriptions', [], asSubscriptions),
    context: read('context', {}, asTextMap),
    problems,
  };
}

function readYaml<T>(key: string, text: string, convert: (value: unknown) => T | undefined): Part<T> {
  const parsed = parseYaml(text);
  if (!parsed.ok) {
    const { line, message } = parsed.problem;
    return { ok: false, problem: `${key}: ${line === undefined ? '' : `line ${line}: `}${message}` };
  }
  const value = convert(parsed.value);
  return value === undefined
    ? { ok: false, problem: `${key}: not of the form that is expected` }
    : { ok: true, value };
}

function parseService(key: string, text: string, source: ConfigSource): Part<ServiceConfig> {
  const [, type = '', name = type, ...more] = key.split('.');
  if (more.length > 0 || type === '') {
    return {
      ok: false,
      problem: `invalid service key; expected 'service.<type>(.<name>)' but got '${key}'`,
    };
  }
  const parsed = readYaml(key, text, (value) => value ?? {});
  if (!parsed.ok) return parsed;
  const resolved = resolveSecrets(parsed.value, source);
  return resolved.ok ? { ok: true, value: { type, name, options: resolved.value } } : resolved;
}

function asObject(value: unknown): JsonObject | undefined {
  return isObject(value) ? value : undefined;
}

function asTexts(value: unknown): readonly string[] | undefined {
  if (value === null) return [];
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;
}

function asTextMap(value: unknown): Readonly<Record<string, string>> | undefined {
  if (!isObject(value)) return value === null ? {} : undefined;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      typeof inner === 'string' ? inner : JSON.stringify(inner),
    ]),
  );
}

function asConditions(value: unknown): readonly TriggerCondition[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const conditions = value.map(asCondition);
  return conditions.every((condition) => condition !== undefined) ? conditions : undefined;
}

function asCondition(value: unknown): TriggerCondition | undefined {
  if (!isObject(value)) return undefined;
  const send = asTexts(value['send'] ?? null);
  if (send === undefined) return undefined;
  const text = (field: 'when' | 'oncePer' | 'description') => {
    const inner = value[field];
    return typeof inner === 'string' && inner.trim() !== '' ? { [field]: inner } : {};
  };
  return { ...text('when'), ...text('oncePer'), ...text('description'), send };
}

function asSubscriptions(value: unknown): readonly GlobalSubscription[] | undefined {
  if (value === null) return [];
  if (!Array.isArray(value)) return undefined;
  const read = value.map(asSubscription);
  return read.every((subscription) => subscription !== undefined) ? read : undefined;
}

function asSubscription(value: unknown): GlobalSubscription | undefined {
  if (!isObject(value)) return undefined;
  const recipients = asTexts(value['recipients'] ?? null);
  const triggers = asTexts(value['triggers'] ?? null);
  const text = value['selector'];
  const selector = typeof text === 'string' ? parseSelector(text) : {};
  if (recipients === undefined || triggers === undefined || selector === undefined) return undefined;
  return { recipients, triggers, selector };
}
