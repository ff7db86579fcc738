import type { UnknownObject } from '#api/k8s/meta.js';
import { isObject, type JsonObject } from '#core/json/json.js';
import { matchesSelector } from '#core/kube/selector.js';
import type { ApiRequest } from '../request.js';
import type { Resource } from '../resource-type.js';
import { StatusError } from '../status.js';
import type { Outcome, View } from '../view.js';
import { remove } from './delete.js';
import { storedObject } from './update.js';

/** Decides the eviction of a pod: a deletion that a PodDisruptionBudget may forbid. */
export function evict(view: View, resource: Resource, request: ApiRequest): Outcome {
  const pod = storedObject(view, resource, request);
  const budget = blockingBudget(view, pod);
  if (budget !== undefined) throw tooManyRequests(budget);
  const body = isObject(request.body) ? request.body['deleteOptions'] : undefined;
  const { subresource: _subresource, body: _body, ...rest } = request;
  const outcome = remove(view, resource, { ...rest, verb: 'delete', body });
  const success = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };
  return { ...outcome, response: { code: 201, body: success } };
}

function blockingBudget(view: View, pod: UnknownObject): UnknownObject | undefined {
  const phase = isObject(pod['status']) ? pod['status']['phase'] : undefined;
  if (phase === 'Succeeded' || phase === 'Failed' || phase === 'Pending') return undefined;
  if (pod.metadata.deletionTimestamp !== undefined) return undefined;
  return view.table.list('poddisruptionbudgets.policy', pod.metadata.namespace).find((budget) => {
    const selector = fields(budget['spec'])['selector'];
    const allowed = Number(fields(budget['status'])['disruptionsAllowed'] ?? 0);
    return isObject(selector) && matchesSelector(selector, pod.metadata.labels) && allowed <= 0;
  });
}

function fields(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

function tooManyRequests(budget: UnknownObject): StatusError {
  const { currentHealthy = 0, desiredHealthy = 0 } = fields(budget['status']) as {
    currentHealthy?: number;
    desiredHealthy?: number;
  };
  const message = `The disruption budget ${budget.metadata.name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`;
  return new StatusError(
    429,
    'TooManyRequests',
    "Cannot evict pod as it would violate the pod's disruption budget.",
    {
      causes: [{ reason: 'DisruptionBudget', message }],
    },
  );
}
