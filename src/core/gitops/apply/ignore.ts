import type { KustomizationSpec } from '#api/flux/kustomization.js';
import { fluxFieldManager } from '#api/flux/words.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { isObject } from '#core/json/json.js';
import { targetTest } from '../build/transform/patch-target.js';

type IgnoreRules = KustomizationSpec['ignore'];

/** The JSON pointers that the spec leaves alone in an object. A target that does not parse means none. */
export function ignoredPaths(object: UnknownObject, rules: IgnoreRules = []): readonly string[] {
  return rules.flatMap(({ paths, target }) => {
    const test = targetTest(target ?? {});
    return test.ok && test.matches(object) ? paths : [];
  });
}

/** What is wrong with the rules; `undefined` when nothing is. */
export function ignoreProblem(rules: IgnoreRules = []): string | undefined {
  for (const [i, { paths, target }] of rules.entries()) {
    const test = targetTest(target ?? {});
    if (!test.ok) return `spec.ignore[${i}].target: ${test.message}`;
    const bad = paths.find((path) => !path.startsWith('/'));
    if (bad !== undefined) return `spec.ignore[${i}].paths: "${bad}" is no JSON pointer`;
  }
  return undefined;
}

/** Whether another manager applies what a pointer names. */
export function isAppliedByOthers({ metadata }: UnknownObject, path: string): boolean {
  const segments = path.split('/').slice(1);
  return (metadata.managedFields ?? []).some(
    ({ manager, operation, fieldsV1 }) =>
      operation === 'Apply' && manager !== fluxFieldManager && names(fieldsV1, segments),
  );
}

function names(fields: unknown, [segment, ...rest]: readonly string[]): boolean {
  if (segment === undefined) return fields !== undefined;
  if (!isObject(fields)) return false;
  const key = segment.replaceAll('~1', '/').replaceAll('~0', '~');
  return names(fields[`f:${key}`] ?? fields[`i:${key}`], rest);
}
