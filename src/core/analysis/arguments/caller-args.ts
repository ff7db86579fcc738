import type { Rollout, RolloutAnalysisArg } from '#api/argoproj/rollout.js';
import type { ObjectMeta } from '#api/k8s/meta.js';
import { isObject } from '#core/json/json.js';
import { formatGoFloat } from '#core/expr/values/go-float.js';
import { done, failed, type Outcome } from '../run-model.js';

/** An argument of a caller, its value found. */
export interface ResolvedArg {
  readonly name: string;
  readonly value: string;
}

/** Where the values of a Rollout's analysis arguments come from. */
export interface ArgSources {
  readonly rollout: Rollout;
  /** Pod hash of the new ReplicaSet. */
  readonly podHash: string;
  /** Pod hash of the stable ReplicaSet; `''` when there is none. */
  readonly stableHash: string;
}

/** The values of a Rollout's analysis arguments; one without value and valueFrom is the empty text. */
export function resolveCallerArgs(
  args: readonly RolloutAnalysisArg[],
  sources: ArgSources,
): Outcome<readonly ResolvedArg[]> {
  const resolved: ResolvedArg[] = [];
  for (const arg of args) {
    const value = resolveArg(arg, sources);
    if (!value.ok) return value;
    resolved.push({ name: arg.name, value: value.value });
  }
  return done(resolved);
}

function resolveArg(arg: RolloutAnalysisArg, sources: ArgSources): Outcome<string> {
  const from = arg.valueFrom;
  if (from?.podTemplateHashValue !== undefined) {
    const hashes = new Map([
      ['Latest', sources.podHash],
      ['Stable', sources.stableHash],
    ]);
    return done(hashes.get(from.podTemplateHashValue) ?? arg.value ?? '');
  }
  const path = from?.fieldRef?.fieldPath;
  if (path === undefined) return done(arg.value ?? '');
  return path.startsWith('metadata')
    ? readMetadataField(sources.rollout.metadata, path)
    : readRolloutPath(sources.rollout, path);
}

/** A field of metadata by the downward API's syntax: `metadata.name`, `metadata.labels['x']`, `metadata.annotations`. */
export function readMetadataField(metadata: ObjectMeta, path: string): Outcome<string> {
  const entry = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path);
  if (entry !== null) return done(mapOf(metadata, entry[1])[entry[2] ?? ''] ?? '');
  switch (path) {
    case 'metadata.name':
      return done(metadata.name);
    case 'metadata.namespace':
      return done(metadata.namespace ?? '');
    case 'metadata.uid':
      return done(metadata.uid ?? '');
    case 'metadata.labels':
    case 'metadata.annotations':
      return done(formatMap(mapOf(metadata, path.slice('metadata.'.length))));
    default:
      return failed(`unsupported fieldPath: ${path}`);
  }
}

function mapOf(metadata: ObjectMeta, which: string | undefined): Readonly<Record<string, string>> {
  return (which === 'labels' ? metadata.labels : metadata.annotations) ?? {};
}

function formatMap(map: Readonly<Record<string, string>>): string {
  return Object.entries(map)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('\n');
}

function readRolloutPath(rollout: Rollout, path: string): Outcome<string> {
  let at: unknown = rollout;
  for (const section of path.split(/[.[\]]+/).filter((part) => part !== '')) {
    if (Array.isArray(at)) {
      if (!/^[+-]?\d+$/.test(section)) return failed(`invalid index '${section}'`);
      const index = Number(section);
      if (index < 0 || index >= at.length) return failed(`index ${index} out of range`);
      at = at[index];
    } else if (isObject(at)) {
      at = Object.hasOwn(at, section) ? at[section] : undefined;
    } else {
      return failed(`invalid path ${path} in rollout`);
    }
  }
  if (at === undefined || at === null) return failed(`invalid path ${path} in rollout`);
  if (typeof at === 'string') return done(at);
  if (typeof at === 'number') return done(formatGoFloat(at));
  if (typeof at === 'boolean') return done(at ? 'true' : 'false');
  return failed(`path ${path} in rollout must terminate in a primitive value`);
}
