import type { Condition, KubeObject, UnknownObject } from '#api/k8s/meta.js';
import { findCondition } from '#core/kube/conditions.js';
import { numberAt, objectAt, objectsAt, textAt } from '#core/json/read.js';

/** The part of a pod's status that tells what keeps it from being ready, in the shape of Kubernetes. */
export interface PodTrouble {
  readonly conditions?: readonly Condition[];
  readonly containerStatuses?: readonly ContainerTrouble[];
}

/** A container that is not ready. */
export interface ContainerTrouble {
  readonly name: string;
  readonly image: string;
  readonly state: { readonly waiting?: { readonly reason: string; readonly message: string } };
  readonly lastState: { readonly terminated?: { readonly reason: string; readonly exitCode: number } };
}

/** What is kept of a pod in memory: its metadata, and while it is not ready the reasons. A ready pod has none. */
export function slimPod(pod: UnknownObject): KubeObject & { readonly status?: PodTrouble } {
  const { apiVersion, kind, metadata } = pod;
  const trouble = troubleOf(objectAt(pod, 'status'));
  const status = trouble === undefined ? {} : { status: trouble };
  return { apiVersion, kind, metadata, ...status };
}

/** `undefined` for a pod that is ready, and for one of which nothing is known yet. */
function troubleOf(status: object): PodTrouble | undefined {
  const conditions = objectsAt(status, 'conditions').flatMap(slimCondition);
  if (conditions.length === 0 || findCondition(conditions, 'Ready')?.status === 'True') return undefined;
  const containers = [
    ...objectsAt(status, 'initContainerStatuses'),
    ...objectsAt(status, 'containerStatuses'),
  ];
  return {
    conditions: conditions.filter(({ type }) => type === 'PodScheduled' || type === 'Ready'),
    containerStatuses: containers.filter((each) => each['ready'] !== true).map(slimContainer),
  };
}

function slimCondition(condition: object): readonly Condition[] {
  const type = textAt(condition, 'type');
  const status = textAt(condition, 'status');
  if (type === undefined || (status !== 'True' && status !== 'False' && status !== 'Unknown')) return [];
  const optional = (field: 'reason' | 'message' | 'lastTransitionTime') => {
    const text = textAt(condition, field);
    return text === undefined ? {} : { [field]: text };
  };
  return [{ type, status, ...optional('reason'), ...optional('message'), ...optional('lastTransitionTime') }];
}

function slimContainer(container: object): ContainerTrouble {
  const state = objectAt(container, 'state');
  const waiting = objectAt(state, 'waiting');
  const reason = textAt(waiting, 'reason');
  // While it runs again, or has just ended, the end that counts is the last one.
  const ended = [objectAt(state, 'terminated'), objectAt(objectAt(container, 'lastState'), 'terminated')];
  const last = ended.find((one) => numberAt(one, 'exitCode') !== undefined);
  return {
    name: textAt(container, 'name') ?? '',
    image: textAt(container, 'image') ?? '',
    state: reason === undefined ? {} : { waiting: { reason, message: textAt(waiting, 'message') ?? '' } },
    lastState:
      last === undefined
        ? {}
        : { terminated: { reason: textAt(last, 'reason') ?? '', exitCode: numberAt(last, 'exitCode') ?? 0 } },
  };
}
