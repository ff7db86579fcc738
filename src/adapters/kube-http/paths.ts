import { apiVersionOf, type Kind } from '#api/kinds.js';

/** What a URL names: all objects of a kind, those of a namespace, one object, or a part of one. */
export interface Target {
  readonly kind: Kind;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
}

/** The path of a target, each part encoded. */
export function pathOf(target: Target): string {
  const { kind, namespace, name, subresource } = target;
  const root = kind.group === '' ? `/api/${kind.version}` : `/apis/${apiVersionOf(kind)}`;
  const scope =
    kind.namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  const object = name === undefined ? '' : `/${encodeURIComponent(name)}`;
  const part = subresource === undefined ? '' : `/${subresource}`;
  return `${root}${scope}/${kind.plural}${object}${part}`;
}

/** `?a=1&b=2`, absent values left out; `''` when none is left. */
export function queryOf(parameters: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) query.set(name, String(value));
  }
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

/** `Kind/namespace/name` as far as it is known. */
export function subjectOfTarget(target: Target): string {
  return [target.kind.kind, target.namespace, target.name].filter((part) => part !== undefined).join('/');
}
