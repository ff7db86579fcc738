import type { UnknownObject } from '#api/k8s/meta.js';
import { isObject } from '#core/json/json.js';
import { textAt } from '#core/json/read.js';
import { groupOf } from '#core/kube/object.js';
import { parseYamlStream } from '#core/yaml/yaml.js';
import { built, collect, refused, type BuildResult } from './build-problem.js';

/** The Kubernetes objects of a YAML or JSON text; lists are taken apart, kustomize's own kinds left out. */
export function parseManifests(file: string, text: string): BuildResult<readonly UnknownObject[]> {
  const documents = parseYamlStream(text, 'kustomize');
  if (!documents.ok) return refused({ file, ...documents.problem });
  const objects = collect(documents.value, (document, index) => objectsOf(file, document, index + 1));
  return objects.ok ? built(objects.value.flat()) : objects;
}

/** Whether a parsed document is a Kubernetes object with a name. */
export function isKubeObject(value: unknown): value is UnknownObject {
  if (!isObject(value) || !isObject(value['metadata'])) return false;
  return [textAt(value, 'apiVersion'), textAt(value, 'kind'), textAt(value['metadata'], 'name')].every(
    (text) => text !== undefined && text !== '',
  );
}

function objectsOf(file: string, document: unknown, place: number): BuildResult<readonly UnknownObject[]> {
  if (isObject(document) && isKustomizeKind(document)) return built([]);
  if (
    isObject(document) &&
    textAt(document, 'kind')?.endsWith('List') === true &&
    Array.isArray(document['items'])
  ) {
    const items = collect(document['items'], (item) => objectsOf(file, item, place));
    return items.ok ? built(items.value.flat()) : items;
  }
  if (isKubeObject(document)) return built([document]);
  return refused({ file, message: `document ${place} is no Kubernetes object: ${whatIsMissing(document)}` });
}

function isKustomizeKind(document: Readonly<Record<string, unknown>>): boolean {
  return groupOf(textAt(document, 'apiVersion') ?? '') === 'kustomize.config.k8s.io';
}

function whatIsMissing(document: unknown): string {
  if (!isObject(document)) return 'it is no map';
  const isText = (value: unknown) => typeof value === 'string' && value !== '';
  if (!isText(document['apiVersion'])) return 'apiVersion is missing';
  if (!isText(document['kind'])) return 'kind is missing';
  return 'metadata.name is missing';
}
