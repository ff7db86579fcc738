import type { UnknownObject } from '#api/k8s/meta.js';
import { isObject } from '#core/json/json.js';
import { objectAt, textAt } from '#core/json/read.js';
import { locateFields, type LocateField } from '#core/yaml/field-lines.js';
import { parseYaml } from '#core/yaml/yaml.js';

/** One document of a manifest file: an object, or why it is none. */
export type Manifest = { readonly file: string; readonly line: number } & (
  | {
      readonly object: UnknownObject;
      readonly locate: LocateField;
      readonly text: string;
      readonly problem?: undefined;
    }
  | { readonly object?: undefined; readonly problem: string }
);

/** The problem of a document that is YAML, but of something else. */
export const notAnObject = 'not a Kubernetes object: apiVersion, kind and metadata.name are needed';

/** Every document of these files with the line it starts at; empty documents are left out. */
export async function readManifests(
  files: readonly string[],
  readText: (path: string) => Promise<string>,
): Promise<readonly Manifest[]> {
  const parsed: Manifest[] = [];
  for (const file of files) {
    for (const { line, text } of splitDocuments(await readText(file)))
      parsed.push(...parseDocument(file, line, text));
  }
  return parsed;
}

function parseDocument(file: string, line: number, text: string): readonly Manifest[] {
  const yaml = parseYaml(text);
  if (!yaml.ok) return [{ file, line: line + (yaml.problem.line ?? 1) - 1, problem: yaml.problem.message }];
  if (yaml.value === null || yaml.value === undefined) return [];
  const { value } = yaml;
  // Kustomize's own file stands beside manifests, is never applied, and needs no name.
  if (isObject(value) && String(value['apiVersion']).startsWith('kustomize.config.k8s.io/')) return [];
  const metadata = objectAt(value, 'metadata');
  const name = textAt(metadata, 'name') ?? textAt(metadata, 'generateName');
  if (isUnknownObject(value) && name !== undefined)
    return [{ file, line, object: value, locate: locateFields(text), text }];
  return [{ file, line, problem: notAnObject }];
}

function isUnknownObject(value: unknown): value is UnknownObject {
  return isObject(value) && typeof value['apiVersion'] === 'string' && typeof value['kind'] === 'string';
}

function splitDocuments(text: string): readonly { readonly line: number; readonly text: string }[] {
  const documents: { line: number; lines: string[] }[] = [{ line: 1, lines: [] }];
  for (const [i, line] of text.split('\n').entries()) {
    if (/^---(\s|$)/.test(line)) documents.push({ line: i + 2, lines: [] });
    else documents.at(-1)?.lines.push(line);
  }
  return documents
    .filter(({ lines }) => lines.some((line) => !/^\s*(#|$)/.test(line)))
    .map(({ line, lines }) => ({ line, text: lines.join('\n') }));
}
