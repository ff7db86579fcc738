import { readFileSync, readdirSync } from 'node:fs';
import { expect } from 'chai';
import { objectSchema } from './crd.js';
import { kindDefinitions } from './definitions.js';

const folder = 'test/cases/peer-fields';

/** Path to `type` or `type required`, of everything but the pod templates and job specs, which are kept as they are. */
function fieldsOf(schema: any): Map<string, string> {
  const fields = new Map<string, string>();
  const visit = (part: any, path: string, required: boolean): void => {
    const type = part['x-kubernetes-int-or-string'] === true ? 'int-or-string' : (part.type ?? 'any');
    if (path !== '') fields.set(path, required ? `${type} required` : type);
    if (/(spec|\])\.template$/.test(path) || path.endsWith('job.spec')) return;
    for (const [name, inner] of Object.entries<any>(part.properties ?? {})) {
      const isRequired = (part.required ?? []).includes(name);
      visit(inner, path === '' ? name : `${path}.${name}`, isRequired);
    }
    if (part.items !== undefined) visit(part.items, `${path}[]`, false);
    if (part.additionalProperties !== undefined) visit(part.additionalProperties, `${path}{}`, false);
  };
  const { spec, status = { type: 'object' } } = schema.properties;
  visit({ properties: { spec, status } }, '', false);
  return fields;
}

/** Where ours asks for less than the peer, on purpose. */
const laxer = [
  /^spec$/,
  /^status\.conditions\[\]\./,
  /[aA]rtifacts?(\[\])?\.digest$/,
  // Left out, it is false.
  /^spec\.prune$/,
  // Left out, it is the default.
  /^spec\.verify\.provider$/,
  // The rules of the controller name these.
  /headerValue$/,
  /^spec\.templates\[\]\.selector$/,
];

/** Where ours takes any JSON and the peer an object. */
const anyJson = /\.(jsonBody|config)$|stepPluginStatuses\[\]\.status$/;

describe("the peers' fields", () => {
  for (const file of readdirSync(folder)) {
    const definition = kindDefinitions.find(({ kind }) => `${kind.kind.toLowerCase()}.txt` === file);
    it(`of ${definition?.kind.kind} are accepted with their types, and required where the peer requires them`, () => {
      const ours = fieldsOf(definition === undefined ? {} : objectSchema(definition));
      const lines = readFileSync(`${folder}/${file}`, 'utf8').trim().split('\n').slice(1);
      const problems = lines.flatMap((line) => {
        const [path = '', type = '', required] = line.split(' ');
        const found = ours.get(path);
        if (found === undefined) return [`${path} is missing`];
        if (!found.startsWith(type) && !anyJson.test(path)) return [`${path} is ${found}, not ${type}`];
        const isLax = laxer.some((pattern) => pattern.test(path));
        return required === undefined || isLax || found.endsWith('required')
          ? []
          : [`${path} is not required`];
      });
      expect(problems).to.deep.equal([]);
    });
  }
});
