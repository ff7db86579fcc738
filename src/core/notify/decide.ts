import { maskSecrets } from '#core/analysis/arguments/mask.js';
import { earliest, type Instant } from '#core/time/instant.js';
import { evaluateTrigger } from './condition.js';
import type { NotifyConfig, TriggerCondition } from './config.js';
import { renderContent } from './content.js';
import type { Destination } from './destination.js';
import { isEventTrigger, triggerOf } from './event-trigger.js';
import { stateKey } from './notified.js';
import {
  laneOf,
  type Delivery,
  type Failure,
  type NotifyDecision,
  type NotifyProblem,
  type NotifySnapshot,
  type ScopedConfig,
  type SeenEvent,
} from './snapshot.js';
import { destinationsOf } from './subscriptions.js';
import { type Subject, templateVariables } from './variables.js';

/**
 * Who is to be told what now. A trigger that belongs to an event fires once for each occurrence, its condition being a
 * filter; any other fires when its condition becomes true, or once for each value of `oncePer`.
 */
export function decideNotifications(snapshot: NotifySnapshot): NotifyDecision {
  const pass = new NotifyPass(snapshot);
  for (const scoped of snapshot.configs) pass.look(scoped);
  return pass.decision();
}

/** One condition of one trigger, and who wants to hear of it. */
interface Rule {
  readonly scoped: ScopedConfig;
  readonly trigger: string;
  readonly index: number;
  readonly condition: TriggerCondition;
  readonly destinations: readonly Destination[];
}

/** A message that may be due. */
interface Candidate {
  readonly rule: Rule;
  readonly destination: Destination;
  readonly key: string;
  readonly type: string;
  readonly reason: string;
  /** Of its event; watched conditions come after all events. */
  readonly order: number;
  readonly subject: Subject;
}

class NotifyPass {
  readonly #snapshot: NotifySnapshot;
  readonly #candidates: Candidate[] = [];
  readonly #waiting: Delivery[] = [];
  readonly #busy: Set<string>;
  readonly #notified: Map<string, number>;
  readonly #deliveries: Delivery[] = [];
  readonly #problems: NotifyProblem[] = [];
  readonly #keys = new Set<string>();
  #requeueAt: Instant | undefined;

  constructor(snapshot: NotifySnapshot) {
    this.#snapshot = snapshot;
    this.#notified = new Map(snapshot.notified);
    this.#busy = new Set(snapshot.memory.busy);
  }

  decision(): NotifyDecision {
    for (const candidate of this.#candidates.toSorted((a, b) => a.order - b.order)) this.#settle(candidate);
    return {
      deliveries: this.#deliveries,
      waiting: this.#waiting,
      notified: this.#notified,
      problems: this.#problems,
      keys: this.#keys,
      ...(this.#requeueAt === undefined ? {} : { requeueAt: this.#requeueAt }),
    };
  }

  look(scoped: ScopedConfig): void {
    const { config } = scoped;
    for (const [trigger, destinations] of destinationsOf(this.#snapshot.rollout.metadata, config)) {
      const conditions = config.triggers.get(trigger);
      if (conditions === undefined) continue;
      if (!conditions.ok) {
        this.#problem(config, conditions.problem);
        continue;
      }
      for (const [index, condition] of conditions.value.entries()) {
        const rule: Rule = { scoped, trigger, index, condition, destinations };
        if (condition.when !== undefined && !isEventTrigger(trigger)) this.#watch(rule);
        else this.#heed(rule);
      }
    }
  }

  /** A condition that is watched. */
  #watch(rule: Rule): void {
    const { condition, trigger, scoped } = rule;
    const result = evaluateTrigger(condition, this.#snapshot, scoped.config, this.#snapshot.now);
    if (result.kind === 'invalid')
      return this.#problem(scoped.config, `trigger.${trigger}: ${result.problem}`);
    for (const destination of rule.destinations) {
      const key = this.#key(rule, destination, result.kind === 'true' ? result.oncePer : '');
      if (result.kind === 'true')
        this.#tell(rule, destination, key, {
          type: 'Normal',
          reason: trigger,
          order: Infinity,
          subject: this.#snapshot,
        });
      else if (condition.oncePer === undefined && !this.#snapshot.memory.sending.has(key))
        this.#notified.delete(key);
    }
  }

  /** The occurrences of an event. */
  #heed(rule: Rule): void {
    for (const [order, event] of this.#snapshot.events.entries()) {
      if (triggerOf(event.reason) === rule.trigger) this.#occurred(rule, event, order);
    }
  }

  #occurred(rule: Rule, event: SeenEvent, order: number): void {
    const { condition, scoped, trigger } = rule;
    const isNews = event.at >= scoped.since && !this.#snapshot.memory.considered.has(event.id);
    const open = rule.destinations.filter((destination) => {
      const key = this.#key(rule, destination, event.id);
      return isNews || this.#isOpen(key) || condition.oncePer !== undefined;
    });
    if (open.length === 0) return;
    const { analysisRuns, now } = this.#snapshot;
    const subject = { rollout: event.rollout ?? this.#snapshot.rollout, analysisRuns };
    const result = evaluateTrigger(condition, subject, scoped.config, now);
    if (result.kind === 'invalid') {
      if (isNews) this.#problem(scoped.config, `trigger.${trigger}: ${result.problem}`);
      return;
    }
    for (const destination of open) {
      const oncePer = result.kind === 'true' ? result.oncePer : '';
      const key = this.#key(rule, destination, oncePer === '' ? event.id : oncePer);
      const isWanted = result.kind === 'true' && isNews && !this.#notified.has(key);
      if (isWanted || this.#isOpen(key)) {
        const { type, reason } = event;
        this.#tell(rule, destination, key, { type, reason, order, subject });
      }
    }
  }

  /** Whether a delivery of this key failed or is under way. */
  #isOpen(key: string): boolean {
    const { memory } = this.#snapshot;
    if ((this.#notified.get(key) ?? 0) < 0 || memory.unsent.has(key)) return true;
    return memory.failures.has(key) || memory.sending.has(key);
  }

  #key({ scoped, trigger, index, condition }: Rule, destination: Destination, oncePer: string): string {
    const { namespace } = this.#snapshot.rollout.metadata;
    const when = condition.when ?? '';
    const scope = scoped.isSelfService && namespace !== undefined ? { namespace } : {};
    return stateKey({ trigger, index, when, destination, oncePer, ...scope });
  }

  #tell(
    rule: Rule,
    destination: Destination,
    key: string,
    about: Pick<Candidate, 'type' | 'reason' | 'order' | 'subject'>,
  ): void {
    if (this.#keys.has(key)) return;
    this.#keys.add(key);
    this.#candidates.push({ rule, destination, key, ...about });
  }

  /** Sends, waits or leaves it. What is about to be sent counts as told; what waits or failed is noted as open. */
  #settle(candidate: Candidate): void {
    const { memory, now } = this.#snapshot;
    const { key, rule, destination } = candidate;
    if (memory.sending.has(key)) return;
    const failure = memory.failures.get(key);
    const told = this.#notified.get(key);
    const isTold = told !== undefined && told >= 0 && !memory.unsent.has(key);
    if (failure === undefined && isTold) return;
    if (failure?.isFinal === true) {
      this.#notified.set(key, Math.floor(now / 1000));
      return;
    }
    const openSince = told !== undefined && told < 0 ? told : -Math.floor((failure?.firstAt ?? now) / 1000);
    this.#notified.set(key, openSince);
    if (failure !== undefined && !this.#isDue(failure, rule.scoped.config)) return;
    const delivery = this.#prepare(candidate);
    if (delivery === undefined) return;
    const lane = laneOf(destination);
    if (this.#busy.has(lane)) {
      this.#waiting.push(delivery);
      return;
    }
    this.#busy.add(lane);
    this.#notified.set(key, Math.floor(now / 1000));
    this.#deliveries.push(delivery);
  }

  #isDue(failure: Failure, config: NotifyConfig): boolean {
    if (failure.isFinal) return false;
    const isChanged = failure.version !== config.source.version;
    if (isChanged || (failure.kind === 'send' && failure.retryAt <= this.#snapshot.now)) return true;
    if (failure.kind === 'send') this.#requeueAt = earliest(this.#requeueAt, failure.retryAt);
    return false;
  }

  /** The message, or a problem in its place. */
  #prepare({ rule, destination, key, type, reason, subject }: Candidate): Delivery | undefined {
    const { scoped, trigger, condition } = rule;
    const { config } = scoped;
    const { version, secrets } = config.source;
    const draft = this.#snapshot.memory.drafts.get(key);
    if (draft?.version === version) return draft;
    const service = config.services.get(destination.service);
    if (service === undefined) {
      return this.#problem(config, `notification service '${destination.service}' is not supported`, key);
    }
    if (!service.ok) return this.#problem(config, service.problem, key);
    const { now } = this.#snapshot;
    const variables = templateVariables(subject, config, destination, now);
    const content = renderContent(condition.send, service.value, config, variables, now);
    if (!content.ok) return this.#problem(config, content.problem, key);
    return {
      key,
      trigger,
      destination,
      service: service.value,
      content: content.value,
      version,
      type,
      reason,
      secrets: Object.values(secrets),
    };
  }

  #problem(config: NotifyConfig, text: string, key?: string): undefined {
    const message = maskSecrets(text, Object.values(config.source.secrets));
    this.#problems.push({ message, version: config.source.version, ...(key === undefined ? {} : { key }) });
  }
}
