import type { Facts } from '../facts.js';
import type { CanarySettings } from '../spec/canary-settings.js';
import type { TrafficView } from '../traffic/view.js';
import type { CanaryGoal } from './goal.js';

/** What all phases of one pass over a canary go by: what is there, what was asked for, and what the current step wants. */
export interface CanaryPass {
  readonly facts: Facts;
  readonly settings: CanarySettings;
  readonly goal: CanaryGoal;
  readonly view: TrafficView;
}
