import type { PatchTarget } from '#api/flux/kustomization.js';
import { isObject, type JsonObject } from '#core/json/json.js';
import { parseYaml } from '#core/yaml/yaml.js';
import { built, refused, type BuildResult } from './build-problem.js';
import type { ImageChange } from './transform/images.js';
import type { ReplicaChange } from './transform/replicas.js';

/** A kustomization, from a file or made for a directory; every field that is here is understood. */
export interface KustomizationFile {
  readonly resources?: readonly string[];
  readonly components?: readonly string[];
  readonly namespace?: string;
  readonly namePrefix?: string;
  readonly nameSuffix?: string;
  readonly commonLabels?: Readonly<Record<string, string>>;
  readonly labels?: readonly LabelSet[];
  readonly commonAnnotations?: Readonly<Record<string, string>>;
  readonly images?: readonly ImageChange[];
  readonly replicas?: readonly ReplicaChange[];
  readonly patches?: readonly PatchEntry[];
  readonly patchesStrategicMerge?: readonly string[];
  readonly patchesJson6902?: readonly PatchEntry[];
  readonly configMapGenerator?: readonly GeneratorEntry[];
  readonly secretGenerator?: readonly GeneratorEntry[];
  readonly generatorOptions?: GeneratorOptions;
  /** `originAnnotations`, `transformerAnnotations`; of the one that is built alone. */
  readonly buildMetadata?: readonly string[];
}

interface LabelSet {
  readonly pairs: Readonly<Record<string, string>>;
  readonly includeSelectors?: boolean;
  readonly includeTemplates?: boolean;
}

export interface PatchEntry {
  readonly path?: string;
  readonly patch?: string;
  readonly target?: PatchTarget;
  readonly options?: { readonly allowNameChange?: boolean; readonly allowKindChange?: boolean };
}

export interface GeneratorOptions {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly disableNameSuffixHash?: boolean;
  readonly immutable?: boolean;
}

export interface GeneratorEntry {
  readonly name: string;
  readonly namespace?: string;
  readonly behavior?: 'create' | 'replace' | 'merge';
  readonly literals?: readonly string[];
  readonly files?: readonly string[];
  readonly envs?: readonly string[];
  readonly env?: string;
  readonly options?: GeneratorOptions;
  /** Secrets only. */
  readonly type?: string;
}

/** What a value must look like; returns the path of the first place where it does not, with what is wrong there. */
type Shape = (value: unknown) => readonly [path: string, message: string] | undefined;

const text: Shape = (value) => (typeof value === 'string' ? undefined : ['', 'must be a text']);
const flag: Shape = (value) => (typeof value === 'boolean' ? undefined : ['', 'must be true or false']);
const whole: Shape = (value) => (Number.isInteger(value) ? undefined : ['', 'must be a whole number']);

const textMap: Shape = (value) => {
  if (!isObject(value)) return ['', 'must be a map'];
  const bad = Object.keys(value).find((key) => typeof value[key] !== 'string');
  return bad === undefined ? undefined : [`.${bad}`, 'must be a text; quote it'];
};

const list =
  (item: Shape): Shape =>
  (value) => {
    if (!Array.isArray(value)) return ['', 'must be a list'];
    for (const [index, each] of value.entries()) {
      const problem = item(each);
      if (problem !== undefined) return [`[${index}]${problem[0]}`, problem[1]];
    }
    return undefined;
  };

const map =
  (fields: Readonly<Record<string, Shape>>, ...required: readonly string[]): Shape =>
  (value) => {
    if (!isObject(value)) return ['', 'must be a map'];
    const absent = required.find((name) => value[name] === undefined);
    if (absent !== undefined) return [`.${absent}`, 'is missing'];
    for (const [name, inner] of Object.entries(value)) {
      const shape = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (shape === undefined) return [`.${name}`, unknownField];
      const problem = inner === null ? undefined : shape(inner);
      if (problem !== undefined) return [`.${name}${problem[0]}`, problem[1]];
    }
    return undefined;
  };

const unknownField =
  'is not served by the built-in generator; remove it or run the controller with kustomize in its PATH or --kustomize-binary';

const target = map({
  group: text,
  version: text,
  kind: text,
  name: text,
  namespace: text,
  labelSelector: text,
  annotationSelector: text,
});
const patch = map({
  path: text,
  patch: text,
  target,
  options: map({ allowNameChange: flag, allowKindChange: flag }),
});
const options = map({ labels: textMap, annotations: textMap, disableNameSuffixHash: flag, immutable: flag });
const generated = {
  name: text,
  namespace: text,
  behavior: text,
  literals: list(text),
  files: list(text),
  envs: list(text),
  env: text,
  options,
};

const buildMetadataOption: Shape = (value) =>
  typeof value === 'string' && ['originAnnotations', 'transformerAnnotations'].includes(value)
    ? undefined
    : ['', 'must be originAnnotations or transformerAnnotations'];

const shape = map({
  apiVersion: text,
  kind: text,
  metadata: () => undefined,
  resources: list(text),
  bases: list(text),
  components: list(text),
  namespace: text,
  namePrefix: text,
  nameSuffix: text,
  commonLabels: textMap,
  labels: list(map({ pairs: textMap, includeSelectors: flag, includeTemplates: flag }, 'pairs')),
  commonAnnotations: textMap,
  images: list(map({ name: text, newName: text, newTag: text, digest: text, tagSuffix: text }, 'name')),
  replicas: list(map({ name: text, count: whole }, 'name', 'count')),
  patches: list(patch),
  patchesStrategicMerge: list(text),
  patchesJson6902: list(patch),
  configMapGenerator: list(map(generated, 'name')),
  secretGenerator: list(map({ ...generated, type: text }, 'name')),
  generatorOptions: options,
  buildMetadata: list(buildMetadataOption),
});

/** Reads a kustomization file; a field that is not known is a problem that names it. */
export function parseKustomizationFile(file: string, content: string): BuildResult<KustomizationFile> {
  const parsed = parseYaml(content, 'kustomize');
  if (!parsed.ok) return refused({ file, ...parsed.problem });
  const value = parsed.value ?? {};
  const problem = shape(value);
  if (problem !== undefined) {
    const [place, message] = problem;
    const unserved = message === unknownField ? ({ isUnserved: true } as const) : {};
    return refused({ file, field: place.replace(/^\./, ''), message, ...unserved });
  }
  const { bases, resources, ...rest } = withoutNulls(value);
  const all = [...listOf(bases), ...listOf(resources)];
  // The shape was checked above, field by field.
  return built({ ...rest, resources: all } satisfies JsonObject);
}

function withoutNulls(value: unknown): JsonObject {
  return Object.fromEntries(
    Object.entries(isObject(value) ? value : {}).filter(([, inner]) => inner !== null),
  );
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
