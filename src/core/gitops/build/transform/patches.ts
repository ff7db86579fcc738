import type { PatchTarget } from '#api/flux/kustomization.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { isObject, type JsonObject } from '#core/json/json.js';
import { textAt } from '#core/json/read.js';
import { groupOf } from '#core/kube/object.js';
import { parseYamlStream } from '#core/yaml/yaml.js';
import jsonpatch from 'fast-json-patch';
import { built, refused, type BuildProblem, type BuildResult } from '../build-problem.js';
import { aliasesOf, withMetadata, type BuildItem } from '../build-item.js';
import { isKubeObject } from '../manifests.js';
import { strategicMerge } from './strategic-merge.js';
import { targetTest } from './patch-target.js';

/** One patch with where it comes from, for messages. */
export interface PatchText {
  readonly text: string;
  readonly target?: PatchTarget;
  /** The patch may change the name or kind of what it patches. */
  readonly allowNameChange?: boolean;
  readonly allowKindChange?: boolean;
  /** `file` or `file` and `field` of the patch. */
  readonly origin: Pick<BuildProblem, 'file' | 'field'>;
}

/** The items after one patch: JSON patch when the text is a list, strategic merge otherwise. */
export function withPatch(items: readonly BuildItem[], patch: PatchText): BuildResult<readonly BuildItem[]> {
  const documents = parseYamlStream(patch.text, 'kustomize');
  if (!documents.ok) return refused({ ...patch.origin, ...documents.problem });
  let result = built(items);
  for (const document of documents.value) {
    if (!result.ok) return result;
    result = Array.isArray(document)
      ? withJsonPatch(result.value, patch, document)
      : withStrategicPatch(result.value, patch, document);
  }
  return result;
}

function withJsonPatch(
  items: readonly BuildItem[],
  { target, origin }: PatchText,
  operations: readonly unknown[],
): BuildResult<readonly BuildItem[]> {
  if (target === undefined) return refused({ ...origin, message: 'a JSON patch needs a target' });
  const test = targetTest(target);
  if (!test.ok) return refused({ ...origin, message: `target: ${test.message}` });
  const next: BuildItem[] = [];
  for (const item of items) {
    const patched = aliasesOf(item).some(test.matches)
      ? applyJsonPatch(item.object, operations)
      : item.object;
    if (typeof patched === 'string') {
      return refused({ ...origin, message: `${item.object.kind}/${item.object.metadata.name}: ${patched}` });
    }
    next.push({ ...item, object: patched });
  }
  return built(next);
}

/** The patched object, or why it cannot be patched. */
function applyJsonPatch(object: UnknownObject, operations: readonly unknown[]): UnknownObject | string {
  const problem = operations.map(operationProblem).find((each) => each !== undefined);
  if (problem !== undefined) return problem;
  try {
    const valid = operations.filter(isOperation);
    const document: unknown = jsonpatch.applyPatch<unknown>(object, valid, true, false).newDocument;
    return isKubeObject(document) ? document : 'is no Kubernetes object after the patch';
  } catch (thrown) {
    // The library throws its own error for every operation that does not fit the object.
    return thrown instanceof Error
      ? (thrown.message.split('\n')[0] ?? 'the patch does not fit')
      : String(thrown);
  }
}

function isOperation(operation: unknown): operation is jsonpatch.Operation {
  return operationProblem(operation) === undefined;
}

function operationProblem(operation: unknown): string | undefined {
  const op = textAt(operation, 'op');
  if (op === undefined || !['add', 'remove', 'replace', 'test', 'move', 'copy'].includes(op)) {
    return `"${op ?? ''}" is no operation of a JSON patch`;
  }
  return textAt(operation, 'path') === undefined ? `operation ${op} has no path` : undefined;
}

function withStrategicPatch(
  items: readonly BuildItem[],
  patch: PatchText,
  document: unknown,
): BuildResult<readonly BuildItem[]> {
  const { origin } = patch;
  if (!isObject(document))
    return refused({ ...origin, message: 'a patch must be a map or a list of operations' });
  const meant = patchTest(patch, document);
  if (typeof meant === 'string') return refused({ ...origin, message: meant });
  const hits = items.filter((item) => aliasesOf(item).some(meant));
  if (hits.length === 0 && patch.target === undefined) {
    const subject = `${textAt(document, 'kind') ?? ''}/${textAt(document['metadata'], 'name') ?? ''}`;
    return refused({ ...origin, message: `no resource matches the patch of ${subject}` });
  }
  const next: BuildItem[] = [];
  for (const item of items) {
    const outcome = aliasesOf(item).some(meant) ? mergeOne(item.object, document, patch) : item.object;
    if (typeof outcome === 'string') return refused({ ...origin, message: outcome });
    if (outcome !== undefined) next.push({ ...item, object: outcome });
  }
  return built(next);
}

/** The patched object, `undefined` when it is deleted, or what is wrong. */
function mergeOne(
  object: UnknownObject,
  document: JsonObject,
  patch: PatchText,
): UnknownObject | string | undefined {
  const merged = strategicMerge(object, document);
  if (!merged.ok) return merged.message;
  if (merged.object === undefined) return undefined;
  if (!isKubeObject(merged.object)) return 'the result is no Kubernetes object';
  const named = patch.allowNameChange === true ? merged.object : keepIdentity(merged.object, object);
  return patch.allowKindChange === true
    ? named
    : { ...named, apiVersion: object.apiVersion, kind: object.kind };
}

function keepIdentity(merged: UnknownObject, object: UnknownObject): UnknownObject {
  const { name, namespace } = object.metadata;
  return withMetadata(merged, { name, ...(namespace === undefined ? {} : { namespace }) });
}

function patchTest(
  { target }: PatchText,
  document: JsonObject,
): ((object: UnknownObject) => boolean) | string {
  if (target !== undefined) {
    const test = targetTest(target);
    return test.ok ? test.matches : `target: ${test.message}`;
  }
  const kind = textAt(document, 'kind');
  const name = textAt(document['metadata'], 'name');
  if (kind === undefined || name === undefined)
    return 'a patch without a target needs kind and metadata.name';
  const group = groupOf(textAt(document, 'apiVersion') ?? '');
  const namespace = textAt(document['metadata'], 'namespace');
  return (object) =>
    object.kind === kind &&
    object.metadata.name === name &&
    groupOf(object.apiVersion) === group &&
    (namespace === undefined || (object.metadata.namespace ?? 'default') === namespace);
}
