import type { Condition, UnknownObject } from '#api/k8s/meta.js';
import { objectAt, objectsAt } from '#core/json/read.js';
import type { Instant } from '#core/time/instant.js';

/** The words of kstatus. */
type HealthStatus = 'InProgress' | 'Failed' | 'Current' | 'Terminating' | 'NotFound' | 'Unknown';

export interface Health {
  readonly status: HealthStatus;
  /** What is awaited or what failed; empty when current. */
  readonly message: string;
  /** When time alone may change the answer. */
  readonly until?: Instant;
}

/** What a rule may look at besides the object. */
export interface HealthContext {
  readonly now: Instant;
}

/** The health of one kind; `undefined` leaves it to the Ready condition. */
export interface HealthRule {
  readonly group: string;
  readonly kind: string;
  /** The kind's `observedGeneration` is no number: the rule compares it itself. */
  readonly ownsGeneration?: boolean;
  assess(object: UnknownObject, context: HealthContext): Health | undefined;
}

export const current: Health = { status: 'Current', message: '' };

export function inProgress(message: string): Health {
  return { status: 'InProgress', message };
}

export function failed(message: string): Health {
  return { status: 'Failed', message };
}

/** The conditions of any object. */
export function conditionsOf(object: UnknownObject): readonly Partial<Condition>[] {
  return objectsAt(objectAt(object, 'status'), 'conditions');
}

/** The condition of this type, if the object has it. */
export function conditionOf(object: UnknownObject, type: string): Partial<Condition> | undefined {
  return conditionsOf(object).find((condition) => condition.type === type);
}
