import type { ApiRequest, PatchType, Verb } from '#sandbox/store/request.js';

/** What a path of the API server means; `undefined` fields of the resource route are not in the path. */
export type Route =
  | { readonly kind: 'resource'; readonly target: Target }
  | { readonly kind: 'groups' }
  | { readonly kind: 'coreVersions' }
  | { readonly kind: 'group'; readonly group: string }
  | { readonly kind: 'resources'; readonly group: string; readonly version: string }
  | { readonly kind: 'openapi'; readonly path: string }
  | { readonly kind: 'version' }
  | { readonly kind: 'health' }
  | { readonly kind: 'unknown' };

/** The address of a collection, an object or a subresource. */
export type Target = Pick<
  ApiRequest,
  'group' | 'version' | 'resource' | 'namespace' | 'name' | 'subresource'
>;

/** Reads a URL path. */
export function routeOf(path: string): Route {
  const [first, ...rest] = path
    .split('/')
    .filter((part) => part !== '')
    .map(decodeURIComponent);
  switch (first) {
    case 'version':
      return { kind: 'version' };
    case 'healthz':
    case 'readyz':
    case 'livez':
      return { kind: 'health' };
    case 'openapi':
      return { kind: 'openapi', path: rest.join('/') };
    case 'api':
      return apiRoute('', rest);
    case 'apis':
      return groupRoute(rest);
    default:
      return { kind: 'unknown' };
  }
}

function groupRoute([group, ...rest]: readonly string[]): Route {
  if (group === undefined) return { kind: 'groups' };
  return rest.length === 0 ? { kind: 'group', group } : apiRoute(group, rest);
}

function apiRoute(group: string, [version, ...rest]: readonly string[]): Route {
  if (version === undefined) return { kind: 'coreVersions' };
  if (rest.length === 0) return { kind: 'resources', group, version };
  return { kind: 'resource', target: targetOf(group, version, rest) };
}

function targetOf(group: string, version: string, parts: readonly string[]): Target {
  const [head, second, third] = parts;
  const isOwnSubresource = third === 'status' || third === 'finalize';
  if (
    head === 'namespaces' &&
    second !== undefined &&
    third !== undefined &&
    !(isOwnSubresource && parts.length === 3)
  )
    return { group, version, namespace: second, ...resourceOf(parts.slice(2)) };
  return { group, version, ...resourceOf(parts) };
}

function resourceOf([resource = '', name, subresource]: readonly string[]): Pick<
  Target,
  'resource' | 'name' | 'subresource'
> {
  return {
    resource,
    ...(name === undefined ? {} : { name }),
    ...(subresource === undefined ? {} : { subresource }),
  };
}

/** The verb of an HTTP method on a target; `undefined` when the method means nothing. */
export function verbOf(method: string, target: Target, isWatch: boolean): Verb | undefined {
  switch (method) {
    case 'GET':
    case 'HEAD':
      if (isWatch) return 'watch';
      return target.name === undefined ? 'list' : 'get';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return target.name === undefined ? 'deletecollection' : 'delete';
    default:
      return undefined;
  }
}

const patchTypes: Readonly<Record<string, PatchType>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
};

/** The patch type of a content type; `undefined` when it is none. */
export function patchTypeOf(contentType: string | undefined): PatchType | undefined {
  return patchTypes[(contentType ?? '').split(';', 1)[0]?.trim() ?? ''];
}
