import { readdirSync, readFileSync } from 'node:fs';
import type { KubeObject } from '#api/k8s/meta.js';
import { parseYaml } from '#core/yaml/yaml.js';

let readOnce: readonly KubeObject[] | undefined;

/** The definitions in `crds/`, as a cluster with Sluice has them. */
export function installedCrds(): readonly KubeObject[] {
  return (readOnce ??= readCrds());
}

/** A namespace, ready to be created. */
export function namespace(name: string): KubeObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

function readCrds(): readonly KubeObject[] {
  const files = readdirSync('crds').filter((file) => file.endsWith('.yaml'));
  return files.map((file) => {
    const parsed = parseYaml(readFileSync(`crds/${file}`, 'utf8'));
    if (!parsed.ok) throw new Error(`${file}: ${parsed.problem.message}`);
    return parsed.value as KubeObject;
  });
}
