import type { UnknownObject } from '#api/k8s/meta.js';
import { objectAt } from '#core/json/read.js';
import { base64Of } from '../apply/prepare.js';
import { joinPath, type FileTree } from '../file-tree.js';
import { built, collect, refused, type BuildResult } from './build-problem.js';
import { identityOf, itemOf, type BuildItem } from './build-item.js';
import type { GeneratorEntry, GeneratorOptions, KustomizationFile } from './kustomization-file.js';

export interface GeneratorContext {
  readonly tree: FileTree;
  /** Where the kustomization file is. */
  readonly directory: string;
  /** Named in problems. */
  readonly file: string;
}

interface Generated extends BuildItem {
  readonly behavior: 'create' | 'replace' | 'merge';
}

/** The items with what the generators of a kustomization make: new, merged into, or in the place of what is there. */
export function withGenerated(
  items: readonly BuildItem[],
  kustomization: KustomizationFile,
  context: GeneratorContext,
): BuildResult<readonly BuildItem[]> {
  const { configMapGenerator = [], secretGenerator = [], generatorOptions = {} } = kustomization;
  const made = collect(
    [
      ...configMapGenerator.map((entry, i) => ({
        entry,
        kind: 'ConfigMap',
        field: `configMapGenerator[${i}]`,
      })),
      ...secretGenerator.map((entry, i) => ({ entry, kind: 'Secret', field: `secretGenerator[${i}]` })),
    ],
    ({ entry, kind, field }) => generate(entry, kind, { ...context, field }, generatorOptions),
  );
  if (!made.ok) return made;
  return made.value.reduce<BuildResult<readonly BuildItem[]>>(
    (result, item) => (result.ok ? put(result.value, item, context.file) : result),
    built(items),
  );
}

function put(items: readonly BuildItem[], made: Generated, file: string): BuildResult<readonly BuildItem[]> {
  const { behavior, object, isHashed } = made;
  const identity = identityOf(object);
  const at = items.findIndex((item) => identityOf(item.object) === identity);
  const old = items[at];
  if (behavior === 'create') {
    if (old !== undefined)
      return refused({ file, message: `${identity} is there already; set behavior to merge` });
    const origin = { configuredIn: file, generator: `${object.kind}Generator` };
    return built([...items, itemOf(object, isHashed, origin)]);
  }
  if (old === undefined)
    return refused({ file, message: `${identity} is not there; behavior ${behavior} needs it` });
  const next = behavior === 'replace' ? object : mergeData(old.object, object);
  return built(items.with(at, { ...old, object: next, isHashed: old.isHashed || isHashed }));
}

function mergeData(old: UnknownObject, made: UnknownObject): UnknownObject {
  const merged = { ...objectAt(old, 'data'), ...objectAt(made, 'data') };
  const binary = { ...objectAt(old, 'binaryData'), ...objectAt(made, 'binaryData') };
  return {
    ...old,
    ...made,
    metadata: {
      ...made.metadata,
      ...old.metadata,
      ...mapOf('labels', { ...old.metadata.labels, ...made.metadata.labels }),
      ...mapOf('annotations', { ...old.metadata.annotations, ...made.metadata.annotations }),
    },
    data: merged,
    ...(Object.keys(binary).length === 0 ? {} : { binaryData: binary }),
  };
}

type EntryContext = GeneratorContext & { readonly field: string };

function generate(
  entry: GeneratorEntry,
  kind: string,
  context: EntryContext,
  common: GeneratorOptions,
): BuildResult<Generated> {
  const { name, namespace, behavior = 'create', options = {}, type = 'Opaque' } = entry;
  const pairs = pairsOf(entry, context);
  if (!pairs.ok) return pairs;
  const isText = (bytes: Uint8Array) => kind === 'ConfigMap' && asText(bytes) !== undefined;
  const data = pairs.value.filter(([, bytes]) => kind === 'Secret' || isText(bytes));
  const binary = pairs.value.filter(([, bytes]) => kind === 'ConfigMap' && !isText(bytes));
  const encode = (bytes: Uint8Array) => (kind === 'Secret' ? base64Of(bytes) : (asText(bytes) ?? ''));
  const immutable = options.immutable ?? common.immutable;
  const object: UnknownObject = {
    apiVersion: 'v1',
    kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...mapOf('labels', { ...common.labels, ...options.labels }),
      ...mapOf('annotations', { ...common.annotations, ...options.annotations }),
    },
    ...(kind === 'Secret' ? { type } : {}),
    ...(data.length > 0
      ? { data: Object.fromEntries(data.map(([key, bytes]) => [key, encode(bytes)])) }
      : {}),
    ...(binary.length > 0
      ? { binaryData: Object.fromEntries(binary.map(([key, bytes]) => [key, base64Of(bytes)])) }
      : {}),
    ...(immutable === true ? { immutable } : {}),
  };
  const isHashed = !(options.disableNameSuffixHash ?? common.disableNameSuffixHash ?? false);
  return built({ ...itemOf(object, isHashed), behavior });
}

type Pair = readonly [key: string, bytes: Uint8Array];

function pairsOf(entry: GeneratorEntry, context: EntryContext): BuildResult<readonly Pair[]> {
  const { literals = [], files = [], envs = [], env } = entry;
  const encode = (text: string) => new TextEncoder().encode(text);
  const fromEnvs = collect(
    [...envs, ...(env === undefined ? [] : [env])],
    (path): BuildResult<readonly Pair[]> => {
      const bytes = readBytes(path, context);
      if (!bytes.ok) return bytes;
      const lines = (asText(bytes.value) ?? '')
        .split(/\r?\n/)
        .filter((line) => line !== '' && !line.startsWith('#'));
      return built(
        lines.map((line) => [beforeEquals(line), encode(line.slice(beforeEquals(line).length + 1))] as const),
      );
    },
  );
  if (!fromEnvs.ok) return fromEnvs;
  const fromFiles = collect(files, (text): BuildResult<Pair> => {
    const key = text.includes('=') ? beforeEquals(text) : text.slice(text.lastIndexOf('/') + 1);
    const path = text.includes('=') ? text.slice(key.length + 1) : text;
    const bytes = readBytes(path, context);
    return bytes.ok ? built([key, bytes.value] as const) : bytes;
  });
  if (!fromFiles.ok) return fromFiles;
  const fromLiterals = collect(literals, (text): BuildResult<Pair> => {
    if (!text.includes('=')) {
      return refused({
        file: context.file,
        field: context.field,
        message: `literal "${text}" is not key=value`,
      });
    }
    const key = beforeEquals(text);
    return built([key, encode(unquote(text.slice(key.length + 1)))] as const);
  });
  return fromLiterals.ok
    ? built([...fromEnvs.value.flat(), ...fromFiles.value, ...fromLiterals.value])
    : fromLiterals;
}

function readBytes(
  relative: string,
  { tree, directory, file, field }: EntryContext,
): BuildResult<Uint8Array> {
  const path = joinPath(directory, relative);
  const found = path === undefined ? undefined : tree.get(path);
  return found === undefined
    ? refused({ file, field, message: `file "${relative}" is not in the source` })
    : built(found.content);
}

/** The text of the bytes; `undefined` when they are no UTF-8. */
function asText(bytes: Uint8Array): string | undefined {
  const text = new TextDecoder().decode(bytes);
  return text.includes('\ufffd') ? undefined : text;
}

function beforeEquals(text: string): string {
  return text.split('=', 1)[0] ?? '';
}

function unquote(text: string): string {
  return /^(".*"|'.*')$/s.test(text) && text.length > 1 ? text.slice(1, -1) : text;
}

function mapOf(field: 'labels' | 'annotations', entries: Readonly<Record<string, string>>) {
  return Object.keys(entries).length === 0 ? {} : { [field]: entries };
}
