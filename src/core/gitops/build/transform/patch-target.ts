import type { PatchTarget } from '#api/flux/kustomization.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { groupOf } from '#core/kube/object.js';
import { matchesSelector, parseSelector } from '#core/kube/selector.js';
import { RE2JS, RE2JSException } from 're2js';

export type TargetTest =
  | { readonly ok: true; readonly matches: (object: UnknownObject) => boolean }
  | { readonly ok: false; readonly message: string };

/** Whether an object is meant by a target: each field is a regular expression for the whole value; absent ones match all. */
export function targetTest(target: PatchTarget): TargetTest {
  const { group, version, kind, name, namespace, labelSelector, annotationSelector } = target;
  const labels = labelSelector === undefined ? undefined : parseSelector(labelSelector);
  const annotations = annotationSelector === undefined ? undefined : parseSelector(annotationSelector);
  if (labelSelector !== undefined && labels === undefined) {
    return { ok: false, message: `labelSelector "${labelSelector}" does not parse` };
  }
  if (annotationSelector !== undefined && annotations === undefined) {
    return { ok: false, message: `annotationSelector "${annotationSelector}" does not parse` };
  }
  const tests: ((object: UnknownObject) => boolean)[] = [];
  const fields: readonly (readonly [string | undefined, (object: UnknownObject) => string])[] = [
    [group, ({ apiVersion }) => groupOf(apiVersion)],
    [version, ({ apiVersion }) => apiVersion.slice(apiVersion.indexOf('/') + 1)],
    [kind, (object) => object.kind],
    [name, ({ metadata }) => metadata.name],
    [namespace, ({ metadata }) => metadata.namespace ?? ''],
  ];
  for (const [pattern, read] of fields) {
    if (pattern === undefined || pattern === '') continue;
    const regex = compile(pattern);
    if (regex === undefined) return { ok: false, message: `"${pattern}" is no regular expression` };
    tests.push((object) => regex.matcher(read(object)).matches());
  }
  if (labels !== undefined) tests.push(({ metadata }) => matchesSelector(labels, metadata.labels ?? {}));
  if (annotations !== undefined) {
    tests.push(({ metadata }) => matchesSelector(annotations, metadata.annotations ?? {}));
  }
  return { ok: true, matches: (object) => tests.every((test) => test(object)) };
}

function compile(pattern: string): RE2JS | undefined {
  try {
    return RE2JS.compile(pattern);
  } catch (thrown) {
    // Anything else than a bad pattern is a fault of ours.
    if (thrown instanceof RE2JSException) return undefined;
    throw thrown;
  }
}
