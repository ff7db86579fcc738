import type { CanaryStep } from '#api/argoproj/rollout.js';
import type { Wait } from '#core/decision/decision.js';
import type { ManagedRoute } from '#core/traffic/request.js';
import type { Course } from '../course.js';
import type { Facts } from '../facts.js';

/** What the steps up to one want in the end: folded from the first step on. */
export interface StepGoal {
  readonly weight: number;
  /** Size of the canary apart from its weight, while `setCanaryScale` holds. */
  readonly scale: { readonly replicas: number } | { readonly weight: number } | undefined;
  readonly routes: readonly ManagedRoute[];
}

/** What a step may ask to know whether it is done. */
export interface StepContext {
  readonly facts: Facts;
  readonly course: Course;
  /** Every ReplicaSet has the pods of the step's goal, ready. */
  readonly isCapacityReached: boolean;
  /** The router says what the step's goal wants, and every proxy had the time to learn of it. */
  readonly isTrafficReached: boolean;
}

export type StepProgress =
  | { readonly done: true }
  /** Not yet; `wait` when it is something that no other phase reports. */
  | { readonly done: false; readonly wait?: Wait };

/** One member of a canary step: what it wants, when it is done, and its words. */
export interface StepKind<K extends keyof CanaryStep = keyof CanaryStep> {
  readonly key: K;
  /** As events and the CLI name the step, for instance `setWeight: 20`. */
  words(value: NonNullable<CanaryStep[K]>): string;
  /** The goal with this step in it; absent when the step changes neither pods nor traffic. */
  goal?(before: StepGoal, value: NonNullable<CanaryStep[K]>): StepGoal;
  progress(context: StepContext, value: NonNullable<CanaryStep[K]>): StepProgress;
}

export const stepDone: StepProgress = { done: true };
export const stepOpen: StepProgress = { done: false };
