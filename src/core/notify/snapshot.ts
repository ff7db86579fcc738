import type { Rollout } from '#api/argoproj/rollout.js';
import type { Instant } from '#core/time/instant.js';
import type { NotifyConfig, ServiceConfig } from './config.js';
import type { NotificationContent } from './content.js';
import type { Destination } from './destination.js';
import type { Notified } from './notified.js';
import type { Subject } from './variables.js';

/** One occurrence of an event about the Rollout. */
export interface SeenEvent {
  /** Names the occurrence: see {@link occurrenceId}. */
  readonly id: string;
  readonly type: string;
  readonly reason: string;
  readonly at: Instant;
  /** The Rollout as it was then; absent: as it is now. */
  readonly rollout?: Rollout;
}

/** One configuration and from when on its events count: what happened before it was there is nobody's news. */
export interface ScopedConfig {
  readonly config: NotifyConfig;
  readonly since: Instant;
  /** It is in the Rollout's namespace and not the controller's: self-service. */
  readonly isSelfService: boolean;
}

/** What became of a delivery that did not succeed; forgotten with the process, not with the annotation. */
export interface Failure {
  readonly attempts: number;
  readonly firstAt: Instant;
  readonly retryAt: Instant;
  /** `config`: nothing was sent, and nothing will change until the configuration does. */
  readonly kind: 'config' | 'send';
  /** Of the configuration that failed. */
  readonly version: string;
  /** Nobody tries any more. */
  readonly isFinal: boolean;
}

/** What this process remembers of one Rollout. */
export interface DeliveryMemory {
  /** Keys under way. */
  readonly sending: ReadonlySet<string>;
  readonly failures: ReadonlyMap<string, Failure>;
  /** Occurrences that a pass has looked at: who subscribes later does not hear of them. */
  readonly considered: ReadonlySet<string>;
  /** Messages that were made and not sent yet, by key: they say how it was when it happened. */
  readonly drafts: ReadonlyMap<string, Delivery>;
  /** Keys that were to be noted as told, and were not sent since nobody knows whether the note was stored. */
  readonly unsent: ReadonlySet<string>;
  /** Recipients that a message is under way to, or that had enough for now; see {@link laneOf}. */
  readonly busy: ReadonlySet<string>;
}

/** Messages to one recipient of one service go one after the other. */
export function laneOf({ service, recipient }: Destination): string {
  return `${service}:${recipient}`;
}

/** Everything that a decision about notifications needs. */
export interface NotifySnapshot extends Subject {
  readonly now: Instant;
  readonly events: readonly SeenEvent[];
  readonly configs: readonly ScopedConfig[];
  readonly notified: Notified;
  readonly memory: DeliveryMemory;
}

/** One message to one recipient. */
export interface Delivery {
  /** Its key in the annotation; the same for every attempt. */
  readonly key: string;
  readonly trigger: string;
  readonly destination: Destination;
  readonly service: ServiceConfig;
  readonly content: NotificationContent;
  /** Of the configuration. */
  readonly version: string;
  /** Of the event; for a watched condition `Normal` and the trigger. */
  readonly type: string;
  readonly reason: string;
  readonly secrets: readonly string[];
}

/** Something that the user has to mend. */
export interface NotifyProblem {
  readonly message: string;
  /** The delivery that waits for it; absent when nothing does. */
  readonly key?: string;
  readonly version: string;
}

export interface NotifyDecision {
  /** To be begun once `notified` is stored; at most one a lane. */
  readonly deliveries: readonly Delivery[];
  /** Made, but their lanes are busy. */
  readonly waiting: readonly Delivery[];
  /** The complete next map: what is about to be sent is in it already. */
  readonly notified: Notified;
  readonly problems: readonly NotifyProblem[];
  /** Every key that can still lead to a delivery: failures of others may be forgotten. */
  readonly keys: ReadonlySet<string>;
  readonly requeueAt?: Instant;
}
