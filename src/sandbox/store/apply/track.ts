import type { UnknownObject } from '#api/k8s/meta.js';
import type { ApiRequest } from '../request.js';
import type { Resource } from '../resource-type.js';
import type { View } from '../view.js';

/** The object with the managers of its fields brought up to date after an update by the requester. */
export function trackUpdate(
  _view: View,
  _resource: Resource,
  _request: ApiRequest,
  _old: UnknownObject | undefined,
  next: UnknownObject,
): UnknownObject {
  return next;
}
