import { describeProblem, parseTemplate } from '#core/go-template/template.js';
import type { DatumMap } from '#core/go-template/value.js';
import { isObject, type JsonObject } from '#core/json/json.js';
import type { NotifyConfig, Part, ServiceConfig } from './config.js';

/** What is sent: a text for every service, and what the templates say for this one alone. */
export interface NotificationContent {
  readonly message: string;
  /** The part of the templates for the type of the service, texts put in; for webhooks the part of its name. */
  readonly block?: JsonObject;
}

/**
 * Runs templates for one service. Of several the later ones add to the earlier: a text that is not empty takes the place
 * of the earlier one. Parts for other services are not run.
 */
export function renderContent(
  names: readonly string[],
  service: Pick<ServiceConfig, 'type' | 'name'>,
  config: NotifyConfig,
  variables: DatumMap,
  nowMs: number,
): Part<NotificationContent> {
  let content: NotificationContent = { message: '' };
  for (const name of names) {
    const template = config.templates.get(name);
    if (template === undefined) return { ok: false, problem: `template '${name}' is not supported` };
    if (!template.ok) return template;
    const rendered = renderValue(partsFor(service, template.value), `template.${name}`, variables, nowMs);
    if (!rendered.ok) {
      return {
        ok: false,
        problem: rendered.problem.replace(`template.${name}.block`, `template.${name}.${service.type}`),
      };
    }
    content = merge(content, rendered.value);
  }
  return { ok: true, value: content };
}

function partsFor({ type, name }: Pick<ServiceConfig, 'type' | 'name'>, template: JsonObject): JsonObject {
  const { message } = template;
  const own = template[type];
  const block = type === 'webhook' && isObject(own) ? own[name] : own;
  return { ...(typeof message === 'string' ? { message } : {}), ...(isObject(block) ? { block } : {}) };
}

function merge(content: NotificationContent, { message, block }: JsonObject): NotificationContent {
  return {
    message: typeof message === 'string' && message !== '' ? message : content.message,
    ...(isObject(block)
      ? { block: mergeBlocks(content.block ?? {}, block) }
      : content.block === undefined
        ? {}
        : { block: content.block }),
  };
}

function mergeBlocks(before: JsonObject, after: JsonObject): JsonObject {
  const changed = Object.entries(after).filter(([key, value]) => value !== '' || !Object.hasOwn(before, key));
  return { ...before, ...Object.fromEntries(changed) };
}

function renderValue(value: JsonObject, path: string, variables: DatumMap, nowMs: number): Part<JsonObject> {
  const problems: string[] = [];
  const render = (inner: unknown, at: string): unknown => {
    if (Array.isArray(inner)) return inner.map((item, i) => render(item, `${at}[${i}]`));
    if (isObject(inner)) {
      return Object.fromEntries(
        Object.entries(inner).map(([key, one]) => [key, render(one, `${at}.${key}`)]),
      );
    }
    if (typeof inner !== 'string') return inner;
    const parsed = parseTemplate(inner);
    const result = parsed.ok ? parsed.value.run(variables, nowMs) : parsed;
    if (result.ok) return result.value;
    problems.push(`${at}: ${describeProblem(result.problem)}`);
    return '';
  };
  const rendered = render(value, path);
  const [problem] = problems;
  if (problem !== undefined || !isObject(rendered)) return { ok: false, problem: problem ?? path };
  return { ok: true, value: rendered };
}
