import { isObject, type JsonObject } from '#core/json/json.js';
import { textAt } from '#core/json/read.js';
import { parseYaml, printYaml } from '#core/yaml/yaml.js';

export type SopsFormat = 'yaml' | 'json' | 'dotenv' | 'ini' | 'binary';

/** By the end of a name, as the peer tells them apart. */
export function formatOf(name: string): SopsFormat {
  if (/\.ya?ml$/.test(name)) return 'yaml';
  if (/\.json$|\.dockerconfigjson$/.test(name)) return 'json';
  if (name.endsWith('.env')) return 'dotenv';
  return name.endsWith('.ini') ? 'ini' : 'binary';
}

const markers: Readonly<Record<SopsFormat, RegExp>> = {
  yaml: /mac: ENC\[/,
  json: /"mac": ?"ENC\[/,
  binary: /"mac": ?"ENC\[/,
  dotenv: /^sops_mac=ENC\[/m,
  ini: /^\[sops\]/m,
};

/** Whether a text bears the mark of SOPS. */
export function isMarked(text: string, format: SopsFormat): boolean {
  return markers[format].test(text);
}

/** The tree of an encrypted text with its `sops` block; `undefined` when it cannot be read. */
export function readTree(text: string, format: SopsFormat): JsonObject | undefined {
  if (format === 'dotenv')
    return nested(linesOf(text), (key) => (key.startsWith('sops_') ? key.slice(5) : undefined));
  if (format === 'ini') return readIni(text);
  const parsed = parseYaml(text);
  return parsed.ok && isObject(parsed.value) ? parsed.value : undefined;
}

/** The text of a tree that was opened. */
export function printTree(tree: unknown, format: SopsFormat): string {
  const map = isObject(tree) ? tree : {};
  switch (format) {
    case 'yaml':
      return printYaml(map);
    case 'json':
      return JSON.stringify(map, undefined, 2);
    case 'binary':
      return textAt(map, 'data') ?? '';
    case 'dotenv':
      return lines(map);
    case 'ini':
      return Object.entries(map)
        .map(
          ([name, section]) =>
            `${name === 'DEFAULT' ? '' : `[${name}]\n`}${lines(isObject(section) ? section : {})}`,
        )
        .join('\n');
  }
}

function lines(map: JsonObject): string {
  return Object.entries(map)
    .map(([key, value]) => `${key}=${String(value).replaceAll('\n', '\\n')}\n`)
    .join('');
}

function linesOf(text: string): readonly (readonly [string, string])[] {
  return text.split('\n').flatMap((line): readonly (readonly [string, string])[] => {
    const equals = line.indexOf('=');
    if (line.trim() === '' || line.startsWith('#') || line.startsWith(';') || equals < 0) return [];
    return [
      [
        line.slice(0, equals).trim(),
        line
          .slice(equals + 1)
          .trim()
          .replaceAll('\\n', '\n'),
      ],
    ];
  });
}

function readIni(text: string): JsonObject {
  const sections: Record<string, JsonObject> = {};
  for (const part of text.split(/^(?=\[)/m)) {
    const name = /^\[([^\]]*)\]/.exec(part)?.[1] ?? 'DEFAULT';
    const pairs = linesOf(part.replace(/^\[[^\]]*\]/, ''));
    if (name !== 'sops') {
      if (pairs.length > 0) sections[name] = Object.fromEntries(pairs);
    } else sections['sops'] = unflattened(pairs);
  }
  return sections;
}

function nested(
  pairs: readonly (readonly [string, string])[],
  metadataKey: (key: string) => string | undefined,
): JsonObject {
  const own = pairs.filter(([key]) => metadataKey(key) === undefined);
  const metadata = pairs.flatMap(([key, value]): readonly (readonly [string, string])[] => {
    const name = metadataKey(key);
    return name === undefined ? [] : [[name, value]];
  });
  return { ...Object.fromEntries(own), sops: unflattened(metadata) };
}

/** `age__list_0__map_enc` is `age[0].enc`: how SOPS writes its block where there are only pairs. */
function unflattened(pairs: readonly (readonly [string, string])[]): JsonObject {
  return pairs.reduce<JsonObject>((map, [key, value]) => placed(map, stepsOf(key), value), {});
}

type Step = string | number;

function stepsOf(key: string): readonly Step[] {
  const [first = '', ...more] = key.split(/(?=__list_\d+)|(?=__map_)/);
  const steps = more.map((part): Step => {
    const index = /^__list_(\d+)$/.exec(part)?.[1];
    return index === undefined ? part.slice('__map_'.length) : Number(index);
  });
  return [first, ...steps];
}

/** So many of a list are read; no file of SOPS has as many keys. */
const mostItems = 1000;

function placed(map: JsonObject, [step = '', next, ...rest]: readonly Step[], value: string): JsonObject {
  if (next === undefined) return { ...map, [step]: value };
  const inner = map[step];
  if (typeof next === 'string') {
    return { ...map, [step]: placed(isObject(inner) ? inner : {}, [next, ...rest], value) };
  }
  if (next >= mostItems) return map;
  const list: unknown[] = Array.isArray(inner) ? [...(inner as readonly unknown[])] : [];
  const item = list[next];
  const [field] = rest;
  list[next] = field === undefined ? value : placed(isObject(item) ? item : {}, rest, value);
  return { ...map, [step]: list };
}
