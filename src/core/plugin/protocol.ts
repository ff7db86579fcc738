import { isObject } from '#core/json/json.js';
import { textAt } from '#core/json/read.js';

/** Versions of the protocol that this controller speaks, the best first. */
export const protocolVersions: readonly number[] = [1];

/** What a plugin does: a step of a canary, the measurements of a metric, or opening data keys of SOPS. */
export type PluginKind = 'step' | 'metric' | 'key';

/** What can be asked of a plugin. Every plugin answers `handshake`; the others are those of its kind. */
export type PluginMethod =
  | 'handshake'
  | 'step.run'
  | 'step.terminate'
  | 'step.abort'
  | 'metric.run'
  | 'metric.resume'
  | 'metric.terminate'
  | 'metric.collect'
  | 'key.unseal';

/** Sizes beyond which nothing is sent, read or kept. */
export const pluginLimits = {
  requestBytes: 4 * 1024 * 1024,
  answerBytes: 1024 * 1024,
  /** Of what a step plugin keeps in the status of the Rollout, as JSON. */
  statusBytes: 64 * 1024,
  messageChars: 1024,
} as const;

/** One request as one line of JSON (JSON-RPC 2.0), without the newline. */
export function buildRequest(id: string, method: PluginMethod, params: object): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method, params });
}

/** What came back for one request. */
export type PluginAnswer =
  | { readonly kind: 'result'; readonly result: unknown }
  /** The plugin says itself that it could not do it. */
  | { readonly kind: 'refused'; readonly message: string }
  /** What came is no answer to this request. */
  | { readonly kind: 'garbage'; readonly message: string };

/** Reads what a plugin sent for the request with this id. */
export function parseAnswer(text: string, id: string): PluginAnswer {
  const parsed = parseJson(text);
  if (parsed === undefined) return garbage(`an answer that is no JSON: ${excerpt(text)}`);
  const { value } = parsed;
  if (!isObject(value)) return garbage(`an answer that is no JSON object: ${excerpt(text)}`);
  if (value['error'] !== undefined && value['error'] !== null) {
    const message = textAt(value['error'], 'message') ?? JSON.stringify(value['error']);
    return { kind: 'refused', message: shorten(message) };
  }
  if (value['id'] !== id) {
    return garbage(`an answer to request ${JSON.stringify(value['id'] ?? null)} instead of "${id}"`);
  }
  if (!('result' in value)) return garbage('an answer with neither "result" nor "error"');
  return { kind: 'result', result: value['result'] };
}

/** A text of a plugin as it is kept: cut when it is too long. */
export function shorten(text: string, most: number = pluginLimits.messageChars): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

function garbage(message: string): PluginAnswer {
  return { kind: 'garbage', message };
}

function excerpt(text: string): string {
  return JSON.stringify(shorten(text, 120));
}

function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    // The caller says what came instead of JSON.
    return undefined;
  }
}
