import type { IncomingMessage, ServerResponse } from 'node:http';
import type { UnknownObject } from '#api/k8s/meta.js';
import { isTrue, type ApiRequest, type ApiResponse, type Query, type User } from '#sandbox/store/request.js';
import {
  badRequest,
  methodNotAllowed,
  noSuchResource,
  StatusError,
  type Status,
} from '#sandbox/store/status.js';
import type { ApiStore } from '#sandbox/store/store.js';
import { readBody } from './body.js';
import { aggregated, aggregatedType, coreVersions, groupBody, groupList, resourceList } from './discovery.js';
import { streamLogs, type LogSource } from './logs.js';
import { formOf, wantsAggregatedDiscovery, type Form } from './media.js';
import { openapiIndex, openapiV2, openapiV3 } from './openapi.js';
import { listText, send, sendStatus, textOf, warningHeaders } from './respond.js';
import { patchTypeOf, routeOf, verbOf, type Route, type Target } from './route.js';
import { partialMetadata, tableOf, type IncludeObject } from './table/table.js';
import { streamWatch } from './watch.js';

/** What a front serves and how. */
export interface Front {
  readonly store: ApiStore;
  readonly logs?: LogSource;
  readonly token?: string;
}

/** Answers one HTTP request. Throws a StatusError for what is refused before the store is asked. */
export async function answer(
  front: Front,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const route = routeOf(url.pathname);
  if (route.kind === 'health') return send(response, 200, 'ok', { 'content-type': 'text/plain' });
  const user = authenticate(front, request);
  if (route.kind === 'resource') {
    const query = Object.fromEntries(url.searchParams);
    return answerResource(front, route.target, query, request, {
      response,
      ...(user === undefined ? {} : { user }),
    });
  }
  answerDocument(front, route, request, response);
}

function authenticate(front: Front, request: IncomingMessage): User | undefined {
  const sent = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (sent === undefined ? front.token === undefined : sent === front.token) return undefined;
  const user = sent === undefined ? undefined : front.store.view().access.authenticate(sent);
  if (user !== undefined) return user;
  if (front.token === undefined) return undefined;
  throw new StatusError(401, 'Unauthorized', 'Unauthorized');
}

function answerDocument(
  front: Front,
  route: Route,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const types = front.store.view().registry.types();
  const isCore = route.kind === 'coreVersions';
  if ((isCore || route.kind === 'groups') && wantsAggregatedDiscovery(request.headers.accept)) {
    const headers = { 'content-type': aggregatedType, vary: 'Accept' };
    return send(response, 200, JSON.stringify(aggregated(types, isCore)), headers);
  }
  const body = documentOf(front, route);
  if (body === undefined) throw noSuchResource();
  send(response, 200, JSON.stringify(body));
}

function documentOf(front: Front, route: Route): unknown {
  const { registry, table } = front.store.view();
  const types = registry.types();
  switch (route.kind) {
    case 'coreVersions':
      return coreVersions;
    case 'groups':
      return groupList(types);
    case 'group':
      return groupBody(types, route.group);
    case 'resources':
      return resourceList(types, route.group, route.version);
    case 'version':
      return {
        major: '1',
        minor: '34',
        gitVersion: 'v1.34.4+sluice',
        platform: 'linux/amd64',
        goVersion: 'none',
        compiler: 'none',
      };
    case 'openapi':
      return openapiDocument(types, route.path, String(table.version));
    case 'health':
    case 'resource':
    case 'unknown':
      return undefined;
  }
}

function openapiDocument(types: Parameters<typeof openapiV2>[0], path: string, revision: string): unknown {
  if (path === 'v2') return openapiV2(types);
  if (path === 'v3') return openapiIndex(types, revision);
  return path.startsWith('v3/') ? openapiV3(types, path.slice(3)) : undefined;
}

interface Exchange {
  readonly response: ServerResponse;
  readonly user?: User;
}

async function answerResource(
  front: Front,
  target: Target,
  query: Query,
  request: IncomingMessage,
  exchange: Exchange,
): Promise<void> {
  const { response, user } = exchange;
  const verb = verbOf(request.method ?? 'GET', target, isTrue(query['watch'] ?? 'false'));
  if (verb === undefined) throw methodNotAllowed();
  const patchType = patchTypeOf(request.headers['content-type']);
  if (verb === 'patch' && patchType === undefined)
    throw new StatusError(
      415,
      'UnsupportedMediaType',
      'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml',
    );
  const body = verb === 'get' || verb === 'list' || verb === 'watch' ? undefined : await readBody(request);
  const apiRequest: ApiRequest = {
    ...target,
    verb,
    query,
    ...(body === undefined ? {} : { body }),
    ...(patchType === undefined ? {} : { patchType }),
    ...(user === undefined ? {} : { user }),
    ...(request.headers['user-agent'] === undefined ? {} : { userAgent: request.headers['user-agent'] }),
  };
  const form = formOf(request.headers.accept);
  const include = includeOf(query);
  if (verb === 'watch') return streamWatch(front.store, apiRequest, response, form, include);
  if (target.subresource === 'log' && verb === 'get') return answerLogs(front, apiRequest, response);
  respond(front, apiRequest, front.store.handle(apiRequest), { response, form, include });
}

function includeOf(query: Query): IncludeObject {
  const { includeObject } = query;
  if (includeObject === undefined || includeObject === '') return 'Metadata';
  if (includeObject === 'None' || includeObject === 'Metadata' || includeObject === 'Object')
    return includeObject;
  throw badRequest(`unrecognized includeObject value: ${JSON.stringify(includeObject)}`);
}

async function answerLogs(front: Front, request: ApiRequest, response: ServerResponse): Promise<void> {
  const { subresource: _subresource, ...get } = request;
  const found = front.store.handle(get);
  if (found.code !== 200) return sendStatus(response, found.body as Status);
  if (front.logs === undefined) throw noSuchResource();
  await streamLogs(front.logs, found.body as UnknownObject, request.query ?? {}, response);
}

interface Presentation {
  readonly response: ServerResponse;
  readonly form: Form;
  readonly include: IncludeObject;
}

function respond(front: Front, request: ApiRequest, answered: ApiResponse, how: Presentation): void {
  const { response } = how;
  if (answered.code >= 400) return sendStatus(response, answered.body as Status);
  send(
    response,
    answered.code,
    bodyText(front, request, answered.body as object, how),
    warningHeaders(answered.warnings),
  );
}

function bodyText(front: Front, request: ApiRequest, body: object, { form, include }: Presentation): string {
  const isList = request.verb === 'list' && 'items' in body;
  const resource = front.store.view().registry.find(request.group, request.version, request.resource);
  const isOwnObject = isList || ('kind' in body && body.kind === resource?.type.kind);
  if (form === 'object' || !isOwnObject || resource === undefined)
    return isList ? listText(body as { items: readonly UnknownObject[] }) : textOf(body);
  const objects = isList ? (body as { items: readonly UnknownObject[] }).items : [body as UnknownObject];
  const { metadata } = body as UnknownObject;
  if (form === 'table') {
    const { resourceVersion } = metadata;
    const own = isList ? metadata : { resourceVersion };
    return JSON.stringify(tableOf(resource, objects, own, include, front.store.view().now));
  }
  if (!isList) return JSON.stringify(partialMetadata(body as UnknownObject));
  const items = objects.map(partialMetadata);
  return JSON.stringify({ kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata, items });
}
