import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { builtinDefinitions } from '#sandbox/store/builtin/definitions.js';

/**
 * Reads the field numbers of Kubernetes' protobuf messages (and from the Go types which fields are pointers) and
 * writes those of the kinds that the sandbox serves, packed, to src/sandbox/http/protobuf/fields-data.ts.
 * Usage: npx tsx test/tools/protobuf-fields.ts <version> <folder of k8s.io/api> <folder of k8s.io/apimachinery> ...
 */
const [version = '', ...folders] = process.argv.slice(2);
const messages = new Map<string, Record<string, string>>();
const pointers = new Set<string>();

for (const folder of folders) {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((one) => one.endsWith('generated.proto'))) {
    const text = readFileSync(join(folder, file), 'utf8');
    const home = /^package (\S+);/m.exec(text)?.[1] ?? '';
    readMessages(text, home);
    const types = join(folder, file.replace('generated.proto', 'types.go'));
    if (existsSync(types)) readPointers(readFileSync(types, 'utf8'), home);
  }
}

function definitionName(protoName: string): string {
  return protoName.replace(/^\.?k8s\.io\./, 'io.k8s.');
}

function readMessages(text: string, home: string): void {
  for (const [, name = '', body = ''] of text.matchAll(/^message (\w+) \{\n(.*?)^\}/gms)) {
    const owner = definitionName(`${home}.${name}`);
    const properties = (builtinDefinitions()[owner] as { properties?: object } | undefined)?.properties;
    const fields: Record<string, string> = {};
    for (const [, type = '', field = '', number = ''] of body.matchAll(
      /^ {2}(?:optional|repeated|map) ?(.*?) (\w+) = (\d+);/gm,
    )) {
      const isInlined = properties !== undefined && !Object.hasOwn(properties, field) && /^[.A-Z]/.test(type);
      const target = definitionName(type.startsWith('.') ? type : `${home}.${type}`);
      fields[number] = isInlined ? `>${target}` : field;
    }
    messages.set(owner, fields);
  }
}

function readPointers(text: string, home: string): void {
  for (const [, name = '', body = ''] of text.matchAll(/^type (\w+) struct \{\n(.*?)^\}/gms)) {
    for (const [, field = ''] of body.matchAll(/^\s+\w+\s+\*[\w.]+\s+`json:"(\w+)/gm))
      pointers.add(`${definitionName(`${home}.${name}`)}/${field}`);
  }
}

const kept: Record<string, Record<string, string>> = {};
function keep(name: string): void {
  const fields = messages.get(name);
  if (fields === undefined || kept[name] !== undefined) return;
  const marked = Object.entries(fields).map(
    ([number, field]) => [number, pointers.has(`${name}/${field}`) ? `*${field}` : field] as const,
  );
  kept[name] = Object.fromEntries(marked);
  for (const field of Object.values(fields)) if (field.startsWith('>')) keep(field.slice(1));
}
for (const name of Object.keys(builtinDefinitions())) keep(name);

const packed = gzipSync(JSON.stringify(kept), { level: 9 }).toString('base64');
writeFileSync(
  'src/sandbox/http/protobuf/fields-data.ts',
  `/** Field numbers of Kubernetes ${version} (Apache-2.0), gzip in base64. Made by test/tools/protobuf-fields.ts. */
export const packedFields =
  '${packed}';
`,
);
