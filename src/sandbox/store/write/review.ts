import { isObject, type JsonObject } from '#core/json/json.js';
import type { ApiRequest, User } from '../request.js';
import type { Resource } from '../resource-type.js';
import type { Outcome, View } from '../view.js';
import { decode } from './decode.js';

const administrator: User = {
  username: 'kubernetes-admin',
  groups: ['system:masters', 'system:authenticated'],
};

/** Answers a TokenReview, SubjectAccessReview or SelfSubjectAccessReview; nothing is stored. */
export function review(view: View, resource: Resource, request: ApiRequest): Outcome {
  const { object } = decode(resource, request.body, request);
  const spec = isObject(object['spec']) ? object['spec'] : {};
  const status =
    resource.type.kind === 'TokenReview' ? tokenStatus(view, spec) : accessStatus(view, spec, request);
  return { response: { code: 201, body: { ...object, status } } };
}

function tokenStatus(view: View, spec: JsonObject): JsonObject {
  const user = view.access.authenticate(textIn(spec, 'token'));
  return user === undefined
    ? { user: {}, error: 'invalid bearer token' }
    : { authenticated: true, user, audiences: spec['audiences'] };
}

function accessStatus(view: View, spec: JsonObject, request: ApiRequest): JsonObject {
  const attributes = isObject(spec['resourceAttributes']) ? spec['resourceAttributes'] : {};
  const text = (field: string): string => textIn(attributes, field);
  const optional = (field: 'namespace' | 'name' | 'subresource'): JsonObject =>
    text(field) === '' ? {} : { [field]: text(field) };
  const decision = view.access.authorize({
    user: subjectOfReview(spec, request),
    verb: text('verb'),
    group: text('group'),
    resource: text('resource'),
    ...optional('namespace'),
    ...optional('name'),
    ...optional('subresource'),
  });
  return { ...decision };
}

function subjectOfReview(spec: JsonObject, request: ApiRequest): User {
  if (typeof spec['user'] !== 'string') return request.user ?? administrator;
  const groups = Array.isArray(spec['groups']) ? spec['groups'].map(String) : [];
  return { username: spec['user'], groups };
}

function textIn(fields: JsonObject, field: string): string {
  const value = fields[field];
  return typeof value === 'string' ? value : '';
}
