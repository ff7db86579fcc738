import type { UnknownObject } from '#api/k8s/meta.js';
import { applyMergePatch } from '#core/json/json.js';
import type { ApiRequest } from '../request.js';
import type { Resource } from '../resource-type.js';
import { present, type Outcome, type View } from '../view.js';
import { createObject } from '../write/create.js';
import { decode } from '../write/decode.js';
import { replace } from '../write/replace.js';

/** Decides a server-side apply. */
export function applyConfiguration(
  view: View,
  resource: Resource,
  request: ApiRequest,
  stored: UnknownObject | undefined,
): Outcome {
  const { object, warnings } = decode(resource, request.body, request);
  if (stored === undefined) return createObject(view, resource, request, object, warnings);
  const merged = applyMergePatch(present(resource, stored), request.body) as UnknownObject;
  return replace(view, resource, request, stored, {
    object: decode(resource, merged, request).object,
    warnings,
  });
}
