import {
  boolYaml11Tag,
  CORE_SCHEMA,
  defineScalarTag,
  dump,
  load,
  loadAll,
  mergeTag,
  NOT_RESOLVED,
  YAMLException,
} from 'js-yaml';
import { aliasProblem } from './aliases.js';

/**
 * Integers as kubectl reads them: `0644` and `0o644` are octal, `0x1f` hexadecimal, `0b11` binary, `1_000` is 1000,
 * `08` is 8, and `22:22` stays text.
 */
const kubectlIntTag = defineScalarTag<number>('tag:yaml.org,2002:int', {
  implicit: true,
  implicitFirstChars: '+-0123456789'.split(''),
  resolve: (source) => {
    const text = source.replaceAll('_', '');
    const match = /^([+-]?)(?:0o([0-7]+)|0x([0-9a-fA-F]+)|0b([01]+)|(\d+))$/.exec(text);
    if (match === null || /^_|_$/.test(source)) return NOT_RESOLVED;
    const [, sign, octal, hex, binary, decimal] = match;
    const digits = octal ?? hex ?? binary ?? decimal ?? '';
    const isOldOctal = decimal !== undefined && /^0[0-7]+$/.test(decimal);
    const radix =
      octal !== undefined || isOldOctal ? 8 : hex !== undefined ? 16 : binary !== undefined ? 2 : 10;
    const value = Number.parseInt(digits, radix);
    return sign === '-' ? -value : value;
  },
  identify: (data) => Number.isInteger(data) && !Object.is(data, -0),
});

const kubectlSchema = CORE_SCHEMA.withTags(boolYaml11Tag, kubectlIntTag, mergeTag);

const schemas = {
  kubectl: kubectlSchema,
  /** `yes`, `no`, `on`, `off`, `y` and `n` are texts. */
  kustomize: CORE_SCHEMA.withTags(kubectlIntTag, mergeTag),
};

/** Whose reading of a plain scalar counts. */
export type YamlDialect = keyof typeof schemas;

/** Why a text is no YAML, with the line it was found at. */
interface YamlProblem {
  /** One line, lower case. */
  readonly message: string;
  /** From 1; absent when the parser did not say. */
  readonly line?: number;
}

export type YamlResult<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: YamlProblem };

/** The last of two equal keys wins; what is nested deeper is refused. */
const options = { json: true, maxDepth: 1000 };

/** Parses one document as kubectl does (booleans of YAML 1.1, octal modes, merge keys, the last of two equal keys wins). */
export function parseYaml(text: string, dialect: YamlDialect = 'kubectl'): YamlResult<unknown> {
  const parsed = attempt(() => load(text, { ...options, schema: schemas[dialect] }));
  return parsed.ok ? refuseBombs(text, [parsed.value], parsed) : parsed;
}

/** Parses every document of a stream; empty documents are left out. */
export function parseYamlStream(
  text: string,
  dialect: YamlDialect = 'kubectl',
): YamlResult<readonly unknown[]> {
  const parsed = attempt(() =>
    loadAll(text, { ...options, schema: schemas[dialect] }).filter(
      (doc) => doc !== null && doc !== undefined,
    ),
  );
  return parsed.ok ? refuseBombs(text, parsed.value, parsed) : parsed;
}

/** Block style, two blanks, no anchors, no line folding; quotes whatever another parser could read as something else. */
export function printYaml(value: unknown): string {
  return dump(value, { noRefs: true, lineWidth: -1 });
}

/** Whoever walks through a parsed document writes its aliases out: that must have an end, and one that is near. */
function refuseBombs<T extends YamlResult<unknown>>(
  text: string,
  documents: readonly unknown[],
  parsed: T,
): T | { readonly ok: false; readonly problem: YamlProblem } {
  if (!text.includes('&') || !text.includes('*')) return parsed;
  const message = documents.map(aliasProblem).find((problem) => problem !== undefined);
  return message === undefined ? parsed : { ok: false, problem: { message } };
}

function attempt<T>(parse: () => T): YamlResult<T> {
  try {
    return { ok: true, value: parse() };
  } catch (thrown) {
    // The parser throws nothing else for bad input; anything else is a fault of ours.
    if (!(thrown instanceof YAMLException)) throw thrown;
    const line = thrown.mark?.line;
    return {
      ok: false,
      problem: { message: thrown.reason, ...(line === undefined ? {} : { line: line + 1 }) },
    };
  }
}
