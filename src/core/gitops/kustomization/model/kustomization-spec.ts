import type { Kustomization, KustomizationSpec } from '#api/flux/kustomization.js';
import { fluxKeys } from '#api/flux/words.js';
import { ignoreProblem } from '../../apply/ignore.js';
import { parseGoDuration } from '#core/time/duration.js';

/** What makes the spec unusable until it is edited. */
export function kustomizationSpecProblem(spec: KustomizationSpec): string | undefined {
  const ignore = ignoreProblem(spec.ignore);
  if (ignore !== undefined) return ignore;
  const durations = { interval: spec.interval, retryInterval: spec.retryInterval, timeout: spec.timeout };
  const bad = Object.entries(durations).find(
    ([, text]) => text !== undefined && parseGoDuration(text) === undefined,
  );
  return bad === undefined ? undefined : `spec.${bad[0]}: "${bad[1] ?? ''}" is no duration`;
}

export function intervalMs(spec: KustomizationSpec): number {
  return parseGoDuration(spec.interval) ?? 600_000;
}

/** How long after a failure the next run begins; the interval unless it is set. */
export function retryMs(spec: KustomizationSpec): number {
  return parseGoDuration(spec.retryInterval ?? spec.interval) ?? intervalMs(spec);
}

/** The time limit of building, of health checks and of waiting for deletion: interval less 30 s, at least 30 s. */
export function timeoutMs(spec: KustomizationSpec): number {
  const derived = Math.max(30_000, intervalMs(spec) - 30_000);
  return spec.timeout === undefined ? derived : (parseGoDuration(spec.timeout) ?? derived);
}

/** A ConfigMap or a Secret of the Kustomization's namespace. */
export interface NamedInput {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
}

/** Where variables, keys and the way to another cluster come from. */
export function namedInputs({ postBuild, decryption, kubeConfig }: KustomizationSpec): readonly NamedInput[] {
  const named = (kind: NamedInput['kind'], name: string | undefined): readonly NamedInput[] =>
    name === undefined ? [] : [{ kind, name }];
  return [
    ...(postBuild?.substituteFrom ?? []).map(({ kind, name }) => ({ kind, name })),
    ...named('Secret', decryption?.secretRef?.name),
    ...named('Secret', kubeConfig?.secretRef?.name),
    ...named('ConfigMap', kubeConfig?.configMapRef?.name),
  ];
}

/** The value of the annotation that asks for a run now. */
export function requestedAt({ metadata }: Pick<Kustomization, 'metadata'>): string | undefined {
  return metadata.annotations?.[fluxKeys.requestedAt];
}
