import type { JsonObject } from '#core/json/json.js';
import type { ResourceType } from '#sandbox/store/resource-type.js';
import { groupsOf } from './discovery.js';
import { schemaNameOf, schemasOf } from './openapi-schemas.js';

/** The body of `/openapi/v3`: one document for each group version. */
export function openapiIndex(types: readonly ResourceType[], revision: string): unknown {
  const paths = groupsOf(types).flatMap(({ group, versions }) =>
    versions.map((version) => {
      const path = group === '' ? `api/${version}` : `apis/${group}/${version}`;
      return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${revision}` }] as const;
    }),
  );
  return { paths: Object.fromEntries(paths) };
}

/** The document of a path of the index; `undefined` when there is none. */
export function openapiV3(types: readonly ResourceType[], path: string): unknown {
  const match = /^(?:api|apis\/([^/]+))\/([^/]+)$/.exec(path);
  if (match === null) return undefined;
  const [, group = '', version = ''] = match;
  const served = types.filter((type) => type.group === group && type.versions.includes(version));
  if (served.length === 0) return undefined;
  return {
    openapi: '3.0.0',
    info: { title: 'Sluice sandbox', version: 'unversioned' },
    paths: pathsOf(served, version, 3),
    components: { schemas: schemasOf(served, version, '#/components/schemas/') },
  };
}

/** The body of `/openapi/v2`, in JSON. */
export function openapiV2(types: readonly ResourceType[]): unknown {
  const parts = groupsOf(types).flatMap(({ versions, types: own }) =>
    versions.map((version) => [own.filter((type) => type.versions.includes(version)), version] as const),
  );
  return {
    swagger: '2.0',
    info: { title: 'Sluice sandbox', version: 'unversioned' },
    paths: Object.assign({}, ...parts.map(([served, version]) => pathsOf(served, version, 2))) as JsonObject,
    definitions: Object.assign(
      {},
      ...parts.map(([served, version]) => schemasOf(served, version, '#/definitions/')),
    ) as JsonObject,
  };
}

function pathsOf(types: readonly ResourceType[], version: string, openapi: 2 | 3): JsonObject {
  return Object.fromEntries(
    types.flatMap((type) => {
      const root = type.group === '' ? `/api/${version}` : `/apis/${type.group}/${version}`;
      const collection = `${root}${type.namespaced ? '/namespaces/{namespace}' : ''}/${type.plural}`;
      const operation = (action: string, parameters: readonly string[] = []): JsonObject =>
        operationOf(type, version, action, parameters, openapi);
      const write = ['dryRun', 'fieldManager', 'fieldValidation'];
      const many = type.createOnly ? {} : { get: operation('list') };
      const one = {
        get: operation('get'),
        put: operation('put', write),
        patch: operation('patch', [...write, 'force']),
        delete: operation('delete', ['dryRun', 'gracePeriodSeconds', 'propagationPolicy']),
      };
      const entries: [string, JsonObject][] = [[collection, { ...many, post: operation('post', write) }]];
      if (!type.createOnly) entries.push([`${collection}/{name}`, one]);
      return entries;
    }),
  );
}

const patchContent = (type: ResourceType): readonly string[] => [
  'application/apply-patch+yaml',
  'application/json-patch+json',
  'application/merge-patch+json',
  ...(type.isCustom ? [] : ['application/strategic-merge-patch+json']),
];

function operationOf(
  type: ResourceType,
  version: string,
  action: string,
  parameters: readonly string[],
  openapi: 2 | 3,
): JsonObject {
  const names = parameters.map((name) =>
    openapi === 3
      ? { name, in: 'query', schema: { type: 'string', uniqueItems: true } }
      : { name, in: 'query', type: 'string', uniqueItems: true },
  );
  const prefix = openapi === 3 ? '#/components/schemas/' : '#/definitions/';
  const schema = { $ref: `${prefix}${schemaNameOf(type, version)}` };
  const answer = openapi === 3 ? { content: { 'application/json': { schema } } } : { schema };
  const body =
    action === 'patch' && openapi === 3
      ? {
          requestBody: {
            content: Object.fromEntries(
              patchContent(type).map((content) => [content, { schema: { type: 'object' } }]),
            ),
          },
        }
      : action === 'patch'
        ? { consumes: patchContent(type) }
        : {};
  return {
    operationId: `${action}${type.kind}${version}`,
    parameters: names,
    ...body,
    responses: { 200: { description: 'OK', ...answer } },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group: type.group, version, kind: type.kind },
  };
}
