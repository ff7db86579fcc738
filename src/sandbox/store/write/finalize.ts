import type { ApiRequest } from '../request.js';
import type { Resource } from '../resource-type.js';
import { present, type Outcome, type View } from '../view.js';
import { decode } from './decode.js';
import { checkPreconditions, settle } from './replace.js';
import { storedObject } from './update.js';

/** Decides a PUT of a namespace's finalize subresource: only `spec.finalizers` changes. */
export function finalize(view: View, resource: Resource, request: ApiRequest): Outcome {
  const stored = storedObject(view, resource, request);
  const old = present(resource, stored);
  const { object, warnings } = decode(resource, request.body, request);
  checkPreconditions(resource, object, old, 'patch');
  return settle(view, resource, request, stored, { object: { ...old, spec: object['spec'] }, warnings });
}
