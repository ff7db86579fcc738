import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { Secret } from '#api/k8s/core-kinds.js';
import { kinds } from '#api/kinds.js';
import { secretRefsOf, type SecretRef } from '#core/analysis/arguments/secrets.js';
import { AppError, toAppError } from '#ports/errors.js';
import type { Kube } from '#ports/kube.js';

/** The Secrets that the arguments of a run name, or why one of them has no value now. */
export type Secrets =
  | { readonly kind: 'values'; readonly values: ReadonlyMap<string, string> }
  /** It is not there (yet), or the server could not be asked: worth another try, unlike at the peer, which gives the run up. */
  | { readonly kind: 'unreadable'; readonly message: string };

/** Reads every Secret that the arguments name, used or not. */
export async function readSecrets(kube: Kube, run: AnalysisRun): Promise<Secrets> {
  const values = new Map<string, string>();
  for (const ref of secretRefsOf(run)) {
    try {
      values.set(secretId(ref), await readSecret(kube, run.metadata.namespace ?? '', ref));
    } catch (thrown) {
      const { message, class: errorClass } = toAppError(thrown);
      const cause = errorClass === 'Missing' ? message : `secrets "${ref.name}" cannot be read: ${message}`;
      return { kind: 'unreadable', message: `Unable to resolve metric arguments: ${cause}` };
    }
  }
  return { kind: 'values', values };
}

/** The key of a Secret among those that were read. */
export function secretId(ref: SecretRef): string {
  return `${ref.name}/${ref.key}`;
}

/** The decoded value of one key; throws AppError Missing when it is not there. */
export async function readSecret(kube: Kube, namespace: string, { name, key }: SecretRef): Promise<string> {
  const secret = await kube.get<Secret>({ kind: kinds.secret, namespace, name });
  const object = `Secret/${namespace}/${name}`;
  if (secret === undefined) throw new AppError('KubeNotFound', `secrets "${name}" not found`, { object });
  const value = secret.data?.[key];
  if (value === undefined) {
    throw new AppError('KubeNotFound', `key '${key}' does not exist in secret '${name}'`, { object });
  }
  return Buffer.from(value, 'base64').toString('utf8');
}
