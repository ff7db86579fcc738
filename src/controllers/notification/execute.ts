import type { Rollout } from '#api/argoproj/rollout.js';
import { annotations } from '#api/argoproj/words.js';
import { kinds } from '#api/kinds.js';
import { maskSecrets } from '#core/analysis/arguments/mask.js';
import { sha256Hex } from '#core/digest/sha256.js';
import { formatNotified, type Notified } from '#core/notify/notified.js';
import type {
  Delivery,
  Failure,
  NotifyDecision,
  NotifyProblem,
  NotifySnapshot,
} from '#core/notify/snapshot.js';
import { AppError } from '#ports/errors.js';
import type { Notifier } from '#ports/notifier.js';
import type { ControllerDeps } from '#runtime/controller/deps.js';
import type { Outbox, OutboxOwner } from './outbox.js';

/** Told of what was sent, in the peer's terms. */
export interface NotificationMetrics {
  /** One attempt. */
  sent(namespace: string, name: string, seconds: number): void;
  succeeded(namespace: string, name: string, type: string, reason: string): void;
  failed(namespace: string, name: string, type: string, reason: string): void;
}

/** Events about notifications; they fire no trigger. */
const reasons = { config: 'NotificationConfigError', send: 'NotificationError' } as const;

/** What a pass acts with. */
export interface NotifyTools {
  readonly deps: ControllerDeps;
  readonly outbox: Outbox;
  readonly notifiers: ReadonlyMap<string, Notifier>;
  readonly metrics?: NotificationMetrics;
}

/** Stores what is about to be sent, and only then sends it: a message is lost rather than sent twice. */
export async function carryOut(
  tools: NotifyTools,
  owner: OutboxOwner,
  { rollout, notified }: Pick<NotifySnapshot, 'rollout' | 'notified'>,
  decision: NotifyDecision,
  isGone: boolean,
): Promise<void> {
  tools.outbox.announce(owner, decision.deliveries);
  if (!isGone && !isSame(notified, decision.notified)) await store(tools.deps, rollout, decision.notified);
  for (const problem of decision.problems) {
    tools.outbox.hold(owner, problem);
    tellProblem(tools, owner, rollout, problem);
  }
  for (const delivery of decision.deliveries) begin(tools, owner, rollout, delivery);
}

function isSame(a: Notified, b: Notified): boolean {
  return a.size === b.size && [...a].every(([key, at]) => b.get(key) === at);
}

async function store({ kube, clock }: ControllerDeps, rollout: Rollout, notified: Notified): Promise<void> {
  const { name, namespace, uid, resourceVersion } = rollout.metadata;
  const text = formatNotified(notified, clock.now());
  await kube.patch(
    { kind: kinds.rollout, name, ...(namespace === undefined ? {} : { namespace }) },
    {
      type: 'merge',
      body: { metadata: { uid, resourceVersion, annotations: { [annotations.notified]: text ?? null } } },
    },
  );
}

function begin(tools: NotifyTools, owner: OutboxOwner, rollout: Rollout, delivery: Delivery): void {
  const { deps, notifiers, outbox, metrics } = tools;
  const { namespace = '', name } = rollout.metadata;
  const id = sha256Hex(`${owner.uid} ${delivery.key}`).slice(0, 32);
  outbox.begin(
    owner,
    delivery,
    async ({ service, destination, content }, signal) => {
      const notifier = notifiers.get(service.type);
      if (notifier === undefined) throw unsupported(service.type);
      await notifier.send({
        options: service.options,
        recipient: destination.recipient,
        content,
        id,
        signal,
      });
    },
    (error, failure, startedAt) => {
      metrics?.sent(namespace, name, (deps.clock.now() - startedAt) / 1000);
      if (error === undefined) {
        metrics?.succeeded(namespace, name, delivery.type, delivery.reason);
        deps.log.info('notification sent', { rollout: `${namespace}/${name}`, ...named(delivery) });
      } else {
        metrics?.failed(namespace, name, delivery.type, delivery.reason);
        tellFailure(tools, owner, rollout, { delivery, error, failure });
      }
    },
  );
}

function unsupported(type: string): AppError {
  return new AppError('NotifyInvalid', `service type '${type}' is not supported`);
}

function named({ trigger, destination, service }: Delivery) {
  return { trigger, service: service.name, recipient: destination.recipient };
}

function tellProblem(
  tools: NotifyTools,
  owner: OutboxOwner,
  rollout: Rollout,
  { message }: NotifyProblem,
): void {
  if (!tools.outbox.isNews(owner, message)) return;
  const { namespace = '', name } = rollout.metadata;
  tools.deps.log.warn('notification not possible', { rollout: `${namespace}/${name}`, problem: message });
  tools.deps.events.record(rollout, [{ type: 'Warning', reason: reasons.config, message }]);
}

interface FailedDelivery {
  readonly delivery: Delivery;
  readonly error: AppError;
  readonly failure: Failure | undefined;
}

/** The first failure and the last word are events; what lies between is in the log. */
function tellFailure(
  { deps, outbox }: NotifyTools,
  owner: OutboxOwner,
  rollout: Rollout,
  { delivery, error, failure }: FailedDelivery,
): void {
  if (error.code === 'ShuttingDown') return;
  const { namespace = '', name } = rollout.metadata;
  const reason = maskSecrets(error.message, delivery.secrets);
  const attempts = failure?.attempts ?? 1;
  deps.log.warn('notification failed', {
    rollout: `${namespace}/${name}`,
    ...named(delivery),
    attempts,
    error: reason,
  });
  const about = `${delivery.trigger} to ${delivery.service.name}:${delivery.destination.recipient}`;
  const message =
    failure?.isFinal === true
      ? `${about}: given up after ${attempts} attempts: ${reason}`
      : `${about}: ${reason}`;
  if (failure?.isFinal !== true && !outbox.isNews(owner, `${about} ${error.code}`)) return;
  deps.events.record(rollout, [{ type: 'Warning', reason: reasons.send, message }]);
}
