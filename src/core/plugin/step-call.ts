import { isObject, isEqual, type JsonObject } from '#core/json/json.js';
import { textAt } from '#core/json/read.js';
import { parseGoDuration } from '#core/time/duration.js';
import { pluginLimits, shorten } from './protocol.js';

/** What a step plugin can be asked to do. */
export type StepOperation = 'Run' | 'Terminate' | 'Abort';

/** How an execution stands, in the words of the status and of the protocol. */
export const stepPluginPhases = {
  running: 'Running',
  successful: 'Successful',
  failed: 'Failed',
  error: 'Error',
} as const;

/** One of `stepPluginPhases`. */
export type StepPluginPhase = (typeof stepPluginPhases)[keyof typeof stepPluginPhases];

const phases: readonly string[] = Object.values(stepPluginPhases);

/** What a step plugin is told; the whole Rollout goes with it. */
export interface StepCall {
  readonly name: string;
  readonly index: number;
  readonly operation: StepOperation;
  /** Equal for every try of the same execution, so that a plugin can tell a repeated request from a new one. */
  readonly key: string;
  /** From 1. */
  readonly execution: number;
  readonly config?: unknown;
  /** What the plugin answered as `status` the last time. */
  readonly status?: unknown;
}

/** The parameters of the request. */
export function stepParams(call: StepCall, rollout: object): object {
  const { name, key, execution, index, config, status } = call;
  return {
    plugin: name,
    key,
    execution,
    index,
    config: config ?? null,
    status: status ?? null,
    rollout: withoutManagedFields(rollout),
  };
}

function withoutManagedFields(object: object): object {
  if (!('metadata' in object) || !isObject(object.metadata)) return object;
  const { managedFields: _left, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/** What came of one call. */
export type StepOutcome =
  | {
      readonly kind: 'answered';
      /** `undefined`: the plugin left it to us. */
      readonly phase: StepPluginPhase | undefined;
      readonly message: string;
      readonly requeueAfterMs: number | undefined;
      readonly status: unknown;
    }
  /** The plugin says that it could not. */
  | { readonly kind: 'refused'; readonly message: string }
  /** No answer that could be understood came; whether anything was done is unknown. */
  | { readonly kind: 'unreachable'; readonly message: string };

/** Reads the result of a step method. */
export function parseStepResult(result: unknown): StepOutcome {
  if (!isObject(result)) return unreachable('its answer is no object');
  const phase = result['phase'] ?? '';
  if (phase !== '' && !isPhase(phase)) {
    return unreachable(`its answer has the phase ${JSON.stringify(phase)}; known are ${phases.join(', ')}`);
  }
  const requeueAfterMs = readDuration(result['requeueAfter']);
  if (requeueAfterMs !== undefined && Number.isNaN(requeueAfterMs)) {
    return unreachable(
      `its answer has the requeueAfter ${JSON.stringify(result['requeueAfter'])}, which is no duration`,
    );
  }
  if (sizeOf(result['status']) > pluginLimits.statusBytes) {
    return unreachable(`the status in its answer is larger than ${pluginLimits.statusBytes} bytes`);
  }
  return {
    kind: 'answered',
    phase: phase === '' ? undefined : phase,
    message: shorten(messageOf(result)),
    requeueAfterMs,
    status: result['status'] ?? undefined,
  };
}

function unreachable(message: string): StepOutcome {
  return { kind: 'unreachable', message };
}

function isPhase(value: unknown): value is StepPluginPhase {
  return typeof value === 'string' && phases.includes(value);
}

function messageOf(result: JsonObject): string {
  return textAt(result, 'message') ?? '';
}

/** Go text or seconds in ms; `NaN` when it is neither, `undefined` when absent. */
function readDuration(value: unknown): number | undefined {
  if (value === undefined || value === null || value === '' || isEqual(value, 0)) return undefined;
  if (typeof value === 'number') return value > 0 && Number.isFinite(value) ? value * 1000 : Number.NaN;
  return typeof value === 'string' ? (parseGoDuration(value) ?? Number.NaN) : Number.NaN;
}

/** In characters of JSON, which is close enough for a limit. */
function sizeOf(value: unknown): number {
  return value === undefined ? 0 : JSON.stringify(value).length;
}
