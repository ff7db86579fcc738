import type { KustomizationSpec } from '#api/flux/kustomization.js';
import { isObject } from '#core/json/json.js';
import { objectAt, objectsAt, textAt } from '#core/json/read.js';
import { parseYaml } from '#core/yaml/yaml.js';

/** The user that objects are applied as; `undefined`: the controller itself. */
export function impersonatedUser(
  namespace: string,
  { serviceAccountName }: Pick<KustomizationSpec, 'serviceAccountName'>,
  fallback = '',
): string | undefined {
  const name = serviceAccountName ?? fallback;
  return name === '' ? undefined : `system:serviceaccount:${namespace}:${name}`;
}

/** The key of a Secret that holds the kubeconfig: the one that is named, else `value`, else `value.yaml`. */
export function kubeconfigKey(
  data: Readonly<Record<string, unknown>>,
  key: string | undefined,
): string | undefined {
  const names = key === undefined || key === '' ? ['value', 'value.yaml'] : [key];
  return names.find((name) => data[name] !== undefined);
}

/** Fields that name files of the controller's own machine. */
const fileFields = ['certificate-authority', 'client-certificate', 'client-key', 'tokenFile'];

/** Why a kubeconfig of a user is not used: it would run programs, read files or trust anybody. */
export function kubeconfigProblem(text: string): string | undefined {
  const parsed = parseYaml(text);
  if (!parsed.ok || !isObject(parsed.value)) return 'it is no YAML map';
  for (const [list, field] of [
    ['users', 'user'],
    ['clusters', 'cluster'],
  ] as const) {
    for (const entry of objectsAt(parsed.value, list)) {
      const value = objectAt(entry, field);
      const where = `${list}[${textAt(entry, 'name') ?? ''}]`;
      if (value['exec'] !== undefined) return `${where}.exec: programs are not run; use a token`;
      if (value['auth-provider'] !== undefined) return `${where}.auth-provider: is not served; use a token`;
      if (value['insecure-skip-tls-verify'] === true) return `${where}.insecure-skip-tls-verify: is refused`;
      const file = fileFields.find((name) => value[name] !== undefined);
      if (file !== undefined) return `${where}.${file}: files are not read; put the data into the kubeconfig`;
    }
  }
  return undefined;
}
