import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { Argument } from '#api/argoproj/analysis-template.js';

/** Where the value of an argument is kept. */
export interface SecretRef {
  readonly name: string;
  readonly key: string;
}

const placeholder = 'temp-for-secret';

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
