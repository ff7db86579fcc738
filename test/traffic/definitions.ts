import { readdirSync, readFileSync } from 'node:fs';
import { kinds } from '#api/kinds.js';
import { parseYaml } from '#core/yaml/yaml.js';
import type { Kube } from '#ports/kube.js';
import { until } from './life.js';

/** Brings the kinds of this working tree to the cluster and waits until they are served. */
export async function installDefinitions(kube: Kube): Promise<void> {
  for (const file of readdirSync('crds').filter((name) => name.endsWith('.yaml'))) {
    const parsed = parseYaml(readFileSync(`crds/${file}`, 'utf8'));
    if (!parsed.ok) throw new Error(`crds/${file} does not parse`);
    const body: any = parsed.value;
    const key = { kind: kinds.customResourceDefinition, name: body.metadata.name };
    await kube.patch(key, { type: 'apply', body, force: true }, { fieldManager: 'traffic' });
    await until(`${key.name} is served`, async () => {
      const stored: any = await kube.get(key);
      const conditions: readonly any[] = stored?.status?.conditions ?? [];
      return conditions.some(({ type, status }) => type === 'Established' && status === 'True');
    });
  }
}
