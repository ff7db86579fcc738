import type { UnknownObject } from '#api/k8s/meta.js';
import { numberAt, objectAt } from '#core/json/read.js';
import { groupOf } from '#core/kube/object.js';
import {
  conditionOf,
  conditionsOf,
  current,
  failed,
  inProgress,
  type Health,
  type HealthContext,
} from './rule.js';
import { healthRules } from './rules.js';

/** The health of an object by the rules of kstatus; an absent one is `NotFound`. */
export function healthOf(object: UnknownObject | undefined, context: HealthContext): Health {
  if (object === undefined) return { status: 'NotFound', message: 'not found' };
  if (object.metadata.deletionTimestamp !== undefined) {
    return { status: 'Terminating', message: 'is being deleted' };
  }
  const group = groupOf(object.apiVersion);
  const rule = healthRules.find((each) => each.group === group && each.kind === object.kind);
  // Conditions of a status that is older than the spec say nothing: who knows its age is asked before them.
  if (rule?.ownsGeneration === true) return rule.assess(object, context) ?? fromReady(object);
  return (
    fromGeneration(object) ??
    fromStandardConditions(object) ??
    rule?.assess(object, context) ??
    fromReady(object)
  );
}

function fromGeneration(object: UnknownObject): Health | undefined {
  const observed = numberAt(objectAt(object, 'status'), 'observedGeneration');
  const { generation } = object.metadata;
  if (observed === undefined || generation === undefined || observed === generation) return undefined;
  return inProgress(`generation is ${generation}, but latest observed generation is ${observed}`);
}

function fromStandardConditions(object: UnknownObject): Health | undefined {
  for (const { type, status, message = '' } of conditionsOf(object)) {
    if (status !== 'True') continue;
    if (type === 'Reconciling') return inProgress(message);
    if (type === 'Stalled') return failed(message);
  }
  return undefined;
}

function fromReady(object: UnknownObject): Health {
  const ready = conditionOf(object, 'Ready');
  return ready === undefined || ready.status === 'True' ? current : inProgress(ready.message ?? '');
}
