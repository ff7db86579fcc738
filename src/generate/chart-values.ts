import { readFileSync } from 'node:fs';
import { isObject } from '#core/json/json.js';
import { parseYaml } from '#core/yaml/yaml.js';
import type { GeneratedFile } from './crds.js';

/** Parts of the values that Kubernetes' own schema judges: what is below them is the user's. */
const open: readonly string[] = [
  'containerSecurityContext',
  'controller.livenessProbe',
  'controller.readinessProbe',
  'controller.resources',
  'controller.metrics.grafanaDashboard.labels',
  'podSecurityContext',
];

/** Values of the peers' charts that the templates refuse with a reason. */
const refused: Readonly<Record<string, readonly string[]>> = {
  controller: ['trafficRouterPlugins', 'awsVerifyTargetGroup', 'pprofAddress'],
  dashboard: [
    'readonly',
    'replicas',
    'image',
    'resources',
    'serviceAccount',
    'pdb',
    'rootPath',
    'extraArgs',
    'extraEnv',
  ],
};

/** The chart's schema of values, from the defaults: a misspelt value fails instead of doing nothing. */
export function renderChartValuesSchema(): GeneratedFile {
  const parsed = parseYaml(readFileSync('deploy/chart/values.yaml', 'utf8'));
  if (!parsed.ok) throw new Error('deploy/chart/values.yaml does not parse');
  const schema = { $schema: 'http://json-schema.org/draft-07/schema#', ...schemaOf(parsed.value, '') };
  return { path: 'deploy/chart/values.schema.json', text: `${JSON.stringify(schema, null, 2)}\n` };
}

function schemaOf(value: unknown, path: string): object {
  if (Array.isArray(value)) return { type: 'array' };
  if (isObject(value)) {
    const names = Object.keys(value);
    if (names.length === 0 || open.includes(path)) return { type: ['object', 'null'] };
    const at = (name: string): string => (path === '' ? name : `${path}.${name}`);
    // Helm hands `global` down from a parent chart, with whatever that one keeps there.
    const isClosed = path !== 'global';
    return {
      type: 'object',
      ...(isClosed ? { additionalProperties: false } : {}),
      properties: {
        ...Object.fromEntries((refused[path] ?? []).map((name) => [name, {}])),
        ...Object.fromEntries(names.map((name) => [name, schemaOf(value[name], at(name))])),
      },
    };
  }
  if (typeof value === 'boolean') return { type: 'boolean' };
  if (typeof value === 'number') return { type: 'integer' };
  return value === null ? {} : { type: ['string', 'null'] };
}
