import type { UnknownObject } from '#api/k8s/meta.js';
import { isObject, type JsonObject } from '#core/json/json.js';
import type { ApiRequest } from '../request.js';
import { apiVersionOfResource, type Resource } from '../resource-type.js';
import { applySchemaDefaults } from '../schema/defaults.js';
import { prune } from '../schema/prune.js';
import { decodeProblem } from '../schema/decode-problem.js';
import { badRequest } from '../status.js';

/** A body that is an object of the kind, pruned and with defaults, in the version of the request. */
export interface Decoded {
  readonly object: UnknownObject;
  readonly warnings: readonly string[];
}

/**
 * Reads a body as an object of a kind as the API server does: what the schema does not know is dropped (or refused,
 * by the query's `fieldValidation`), what is absent gets its default.
 */
export function decode(resource: Resource, body: unknown, request: ApiRequest): Decoded {
  const { object, warnings } = decodeSparse(resource, body, request);
  const { type, version } = resource;
  const filled = applySchemaDefaults(type.schemaOf(version), object) as UnknownObject;
  return { object: type.rules.applyDefaults?.(filled) ?? filled, warnings };
}

/** The same without defaults, as an applied configuration is read. */
export function decodeSparse(resource: Resource, body: unknown, request: ApiRequest): Decoded {
  const { type, version } = resource;
  const typed = withType(resource, body);
  const walk = { unknown: [], dropsNull: !type.isCustom };
  const schema = type.schemaOf(version);
  const pruned = prune(schema, typed, walk);
  const warnings = judgeUnknown(walk.unknown, request);
  const problem = type.isCustom ? undefined : decodeProblem(schema, pruned, type.kind);
  if (problem !== undefined)
    throw badRequest(`${type.kind} in version "${version}" cannot be handled as a ${type.kind}: ${problem}`);
  return { object: withPlainMetadata(pruned) as unknown as UnknownObject, warnings };
}

function withPlainMetadata(value: unknown): JsonObject {
  const object = value as JsonObject;
  const { metadata } = object;
  if (!isObject(metadata)) return { ...object, metadata: {} };
  const kept = Object.entries(metadata).filter(([, one]) => one !== null && !isEmptyContainer(one));
  return { ...object, metadata: Object.fromEntries(kept) };
}

function isEmptyContainer(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function withType(resource: Resource, body: unknown): JsonObject {
  if (!isObject(body)) throw badRequest('the request body is not an object');
  const apiVersion = apiVersionOfResource(resource);
  const { kind } = resource.type;
  if (body['kind'] !== undefined && body['kind'] !== kind)
    throw badRequest(
      `${JSON.stringify(body['kind'])} in version ${JSON.stringify(resource.version)} cannot be handled as a ${kind}: the kind of the object does not match the resource`,
    );
  if (body['apiVersion'] !== undefined && body['apiVersion'] !== apiVersion)
    throw badRequest(
      `the API version in the data (${JSON.stringify(body['apiVersion'])}) does not match the expected API version (${apiVersion})`,
    );
  const { apiVersion: _apiVersion, kind: _kind, ...rest } = body;
  return { apiVersion, kind, ...rest };
}

function judgeUnknown(unknown: readonly string[], request: ApiRequest): readonly string[] {
  if (unknown.length === 0) return [];
  const mode = request.query?.['fieldValidation'] ?? 'Warn';
  const texts = unknown.map((path) => `unknown field ${JSON.stringify(path)}`);
  if (mode === 'Strict') throw badRequest(`strict decoding error: ${texts.join(', ')}`);
  return mode === 'Warn' ? texts : [];
}
