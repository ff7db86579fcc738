import type { UnknownObject } from '#api/k8s/meta.js';
import { applyMergePatch, isObject, type JsonObject } from '#core/json/json.js';
import { formatSelector } from '#core/kube/selector.js';
import { readPath, writePath } from '../schema/paths.js';
import type { ApiRequest } from '../request.js';
import type { Resource, ScalePaths } from '../resource-type.js';
import { badRequest, invalid } from '../status.js';
import { present, type Outcome, type View } from '../view.js';
import { applyJsonPatch } from '../patch/json-patch.js';
import { decode } from './decode.js';
import { replace } from './replace.js';
import { storedObject } from './update.js';

/** Answers a GET of the scale subresource. */
export function readScale(view: View, resource: Resource, request: ApiRequest): Outcome {
  const object = present(resource, storedObject(view, resource, request));
  return { response: { code: 200, body: scaleOf(object, pathsOf(resource)) } };
}

/** Decides a PUT or PATCH of the scale subresource: only the number of replicas changes. */
export function writeScale(view: View, resource: Resource, request: ApiRequest): Outcome {
  const paths = pathsOf(resource);
  const stored = storedObject(view, resource, request);
  const old = present(resource, stored);
  const wanted = wantedScale(resource, request, scaleOf(old, paths));
  const spec = isObject(wanted['spec']) ? wanted['spec'] : {};
  const replicas = spec['replicas'] ?? 0;
  if (typeof replicas !== 'number' || !Number.isInteger(replicas) || replicas < 0)
    throw invalid({ group: 'autoscaling', kind: 'Scale' }, old.metadata.name, [
      {
        reason: 'FieldValueInvalid',
        field: 'spec.replicas',
        message: `Invalid value: ${JSON.stringify(replicas)}: must be greater than or equal to 0`,
      },
    ]);
  const metadata = isObject(wanted['metadata']) ? wanted['metadata'] : {};
  const changed = writePath(old, paths.specReplicasPath, replicas) as UnknownObject;
  const versioned = {
    ...changed,
    metadata: {
      ...changed.metadata,
      resourceVersion: metadata['resourceVersion'] ?? old.metadata.resourceVersion,
    },
  };
  const { object, warnings } = decode(resource, versioned, request);
  const outcome = replace(view, resource, request, stored, { object, warnings });
  const body = scaleOf(outcome.response.body as UnknownObject, paths);
  return { ...outcome, response: { ...outcome.response, body } };
}

function pathsOf(resource: Resource): ScalePaths {
  if (resource.type.scale === undefined) throw badRequest('the kind has no scale subresource');
  return resource.type.scale;
}

function wantedScale(resource: Resource, request: ApiRequest, current: UnknownObject): JsonObject {
  const wanted =
    request.verb === 'update'
      ? request.body
      : request.patchType === 'json'
        ? applyJsonPatch(resource, current, request.body)
        : applyMergePatch(current, request.body);
  if (!isObject(wanted)) throw badRequest('the scale is not an object');
  return wanted;
}

function scaleOf(object: UnknownObject, paths: ScalePaths): UnknownObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const selector =
    paths.labelSelectorPath === undefined ? undefined : readPath(object, paths.labelSelectorPath);
  const text =
    typeof selector === 'string' ? selector : isObject(selector) ? formatSelector(selector) : undefined;
  const metadata = { name, namespace, uid, resourceVersion, creationTimestamp };
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== undefined)) as {
      name: string;
    },
    spec: { replicas: readPath(object, paths.specReplicasPath) ?? 0 },
    status: {
      replicas: readPath(object, paths.statusReplicasPath) ?? 0,
      ...(text === undefined ? {} : { selector: text }),
    },
  };
}
