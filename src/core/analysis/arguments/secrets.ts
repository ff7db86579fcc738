import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { Argument } from '#api/argoproj/analysis-template.js';

/** Where the value of an argument is kept. */
export interface SecretRef {
  readonly name: string;
  readonly key: string;
}

const placeholder = 'temp-for-secret';
const mask = '*****';

/** The Secrets that the arguments of a run name, each once. */
export function secretRefsOf(run: AnalysisRun): readonly SecretRef[] {
  const refs = (run.spec.args ?? []).flatMap((arg) => arg.valueFrom?.secretKeyRef ?? []);
  return refs.filter(
    (ref, i) => refs.findIndex((other) => other.name === ref.name && other.key === ref.key) === i,
  );
}

/** The arguments with every secret replaced by a fixed text: enough to validate and to schedule. */
export function withoutSecrets(args: readonly Argument[]): readonly Argument[] {
  return withSecrets(args, () => placeholder);
}

/** The arguments with the values of their secrets, which win over a value beside them. */
export function withSecrets(
  args: readonly Argument[],
  valueOf: (ref: SecretRef) => string | undefined,
): readonly Argument[] {
  return args.map((arg) => {
    const ref = arg.valueFrom?.secretKeyRef;
    const value = ref === undefined ? arg.value : valueOf(ref);
    return value === undefined ? { name: arg.name } : { name: arg.name, value };
  });
}

/**
 * The text with every secret replaced by stars, also where it stands in the text of a JSON document or of a URL; the
 * longest first, so that none shows through another.
 */
export function maskSecrets(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret !== '')
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), ...inUrl(secret)])
    .toSorted((a, b) => b.length - a.length)
    .reduce((masked, secret) => masked.replaceAll(secret, () => mask), text);
}

/** Nothing for a text that no URL can hold: one with half a surrogate pair. */
function inUrl(secret: string): readonly string[] {
  return /\p{Surrogate}/u.test(secret) ? [] : [encodeURIComponent(secret)];
}
