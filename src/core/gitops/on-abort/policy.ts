import type { Rollout } from '#api/argoproj/rollout.js';
import type { Kustomization } from '#api/flux/kustomization.js';
import { onAbortKeys as keys } from '#api/flux/words.js';
import type { KubeObject, UnknownObject } from '#api/k8s/meta.js';
import { subjectOf } from '#core/kube/object.js';
import { isRollout, workloadOf } from './workload.js';

/** What happens to a workload, or to its commit, when the release of it is aborted. */
export type OnAbort =
  { readonly policy: 'hold' } | { readonly policy: 'revert-commit'; readonly branch: string };

export type OnAbortOutcome =
  | { readonly ok: true; readonly value?: OnAbort }
  /** Names the annotation and what is wrong with it. */
  | { readonly ok: false; readonly problem: string };

/** What the annotations ask for; those of the Rollout come before those of the Kustomization that applies it. */
export function onAbortOf(
  rollout: KubeObject,
  kustomization: Pick<Kustomization, 'metadata'>,
): OnAbortOutcome {
  const said = (key: string) =>
    rollout.metadata.annotations?.[key] ?? kustomization.metadata.annotations?.[key];
  const policy = said(keys.onAbort);
  if (policy === undefined) return { ok: true };
  if (policy === 'hold') return { ok: true, value: { policy } };
  if (policy !== 'revert-commit') {
    return refuse(keys.onAbort, `"${policy}" is not known; use hold or revert-commit`);
  }
  const branch = said(keys.revertBranch);
  if (branch === undefined) {
    return refuse(keys.revertBranch, 'name the branch that revert-commit pushes to');
  }
  if (!isBranchName(branch)) return refuse(keys.revertBranch, `"${branch}" is no name of a branch`);
  return { ok: true, value: { policy, branch } };
}

/** What is wrong with the annotations of a Kustomization and of the Rollouts that it builds; `undefined`: nothing is. */
export function onAbortProblem(
  kustomization: Kustomization,
  objects: readonly UnknownObject[],
): string | undefined {
  for (const object of [kustomization, ...objects.filter(isRollout)]) {
    const asked = onAbortOf(object, kustomization);
    const problem = asked.ok ? misfit(kustomization, asked.value) : asked.problem;
    if (problem !== undefined) return `${subjectOf(object)}: ${problem}`;
    if (asked.ok && asked.value !== undefined && isRollout(object) && isLentElsewhere(object, objects)) {
      const { kind, name } = object.spec.workloadRef ?? {};
      return `${subjectOf(object)}: ${keys.onAbort}: ${kind ?? ''}/${name ?? ''} of spec.workloadRef is not in this source; put it there`;
    }
  }
  return undefined;
}

function isLentElsewhere(rollout: Rollout, objects: readonly UnknownObject[]): boolean {
  return objects.length > 0 && workloadOf(rollout, objects).holder === undefined;
}

function misfit({ spec, metadata }: Kustomization, asked: OnAbort | undefined): string | undefined {
  if (asked === undefined) return undefined;
  if (spec.kubeConfig !== undefined) {
    return `${keys.onAbort}: is not served for Rollouts of another cluster (spec.kubeConfig); remove it`;
  }
  if (asked.policy === 'hold' || spec.sourceRef.kind === 'GitRepository') return undefined;
  const { kind, name, namespace = metadata.namespace ?? '' } = spec.sourceRef;
  return `${keys.onAbort}: ${kind}/${namespace}/${name} has no branch to push to; revert-commit needs a GitRepository`;
}

function refuse(key: string, why: string): OnAbortOutcome & { readonly ok: false } {
  return { ok: false, problem: `${key}: ${why}` };
}

/** As `git check-ref-format --branch` has it, a little stricter. */
function isBranchName(name: string): boolean {
  const isPlain = /^[A-Za-z0-9][A-Za-z0-9._/@+-]*$/.test(name);
  return isPlain && !/\.\.|\/\/|@\{|\/\.|\.lock(\/|$)|[/.]$/.test(name);
}

/** What the annotations of the Kustomization itself say, to notice when that changes; `''`: nothing. */
export function askedOnAbort({ metadata }: Pick<Kustomization, 'metadata'>): string {
  const said = [keys.onAbort, keys.revertBranch].map((key) => metadata.annotations?.[key]);
  return said.every((value) => value === undefined) ? '' : JSON.stringify(said);
}
