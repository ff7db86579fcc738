import type { Alert } from '#api/flux/alert.js';
import type { Provider } from '#api/flux/provider.js';
import { kinds } from '#api/kinds.js';
import { maskSecrets } from '#core/analysis/arguments/mask.js';
import { commentsOnChanges, isAudience, setsCommitStatus } from '#core/alert/audience.js';
import { changeCommentOf } from '#core/alert/change-request.js';
import { commitStatusOf } from '#core/alert/commit-status.js';
import { eventKey } from '#core/alert/event-key.js';
import type { FluxEvent } from '#core/alert/flux-event.js';
import { matchAlert, needsLabels } from '#core/alert/match.js';
import { conflictMessage, mergeMetadata } from '#core/alert/metadata.js';
import { RecentEvents } from '#core/alert/recent-events.js';
import { sha256Hex } from '#core/digest/sha256.js';
import { subjectOf } from '#core/kube/object.js';
import type { AlertMessage, AlertSender } from '#ports/alert-sender.js';
import { AppError, toAppError } from '#ports/errors.js';
import type { Kube } from '#ports/kube.js';
import type { ControllerDeps } from '#runtime/controller/deps.js';
import type { Postbox } from './postbox.js';
import { resolveProvider } from './resolve-provider.js';

export interface DispatcherDeps extends Pick<ControllerDeps, 'cache' | 'kube' | 'clock' | 'log' | 'events'> {
  readonly sender: AlertSender;
  readonly postbox: Postbox;
  /** Whether Alerts may name objects of their own namespace alone. Default false. */
  readonly isLocked?: boolean;
  /** How long an equal event is no news. Default five minutes. */
  readonly rateLimitMs?: number;
}

type Labels = Readonly<Record<string, string>>;

/** Events about Alerts. */
const reasons = { metadata: 'MetadataAppendFailed', failed: 'NotificationDispatchFailed' } as const;

/** Takes events and hands them to the Providers of the Alerts that they are for. */
export class AlertDispatcher {
  readonly #deps: DispatcherDeps;
  readonly #finding = new Set<Promise<void>>();
  readonly #recent = new RecentEvents();

  constructor(deps: DispatcherDeps) {
    this.#deps = deps;
  }

  /**
   * Takes an event unless an equal one came within the interval. What follows goes on beside.
   * @param labels - of the object, when they are known; they are asked for only when an Alert needs them.
   */
  accept(event: FluxEvent, labels?: Labels): 'taken' | 'repeated' {
    const { clock, rateLimitMs } = this.#deps;
    if (!this.#recent.take(eventKey(event), clock.now(), rateLimitMs)) return 'repeated';
    const finding = this.#dispatch(event, labels).finally(() => this.#finding.delete(finding));
    this.#finding.add(finding);
    return 'taken';
  }

  /** Whether there is an Alert: without one nobody is told of anything. */
  hasAlerts(): boolean {
    return this.#deps.cache.list(kinds.alert).length > 0;
  }

  /** Resolves when every event found its Alerts and nothing is being sent. */
  async settled(): Promise<void> {
    while (this.#finding.size > 0) await Promise.all(this.#finding);
    await this.#deps.postbox.settled();
  }

  async #dispatch(event: FluxEvent, known: Labels | undefined): Promise<void> {
    const { cache, log, isLocked = false } = this.#deps;
    try {
      const alerts = cache.list<Alert>(kinds.alert);
      const isNeeded = known === undefined && alerts.some((alert) => needsLabels(alert, event));
      const labels = isNeeded ? await labelsOf(this.#deps.kube, event) : known;
      for (const alert of alerts) {
        const match = matchAlert(alert, event, { isLocked, ...(labels === undefined ? {} : { labels }) });
        if (match.kind === 'told') this.#tell(alert, event);
        else if (match.kind !== 'not told') this.#warn(alert, reasons.failed, match.problem);
      }
    } catch (thrown) {
      // Nobody waits for the outcome: it is told of and the next event comes.
      log.warn('an event found no alert', { object: titleOf(event), error: toAppError(thrown).message });
    }
  }

  #tell(alert: Alert, event: FluxEvent): void {
    const { cache } = this.#deps;
    const { name } = alert.spec.providerRef;
    const provider = cache.get<Provider>(kinds.provider, alert.metadata.namespace, name);
    if (provider === undefined) {
      this.#warn(alert, reasons.failed, `Provider/${alert.metadata.namespace ?? ''}/${name}: not found`);
      return;
    }
    if (provider.spec.suspend === true) return;
    const { metadata, conflicts } = mergeMetadata(alert, event);
    if (conflicts.length > 0) this.#warn(alert, reasons.metadata, conflictMessage(conflicts));
    const told = { ...event, metadata };
    if (isAudience(provider.spec.type, told)) this.#post(alert, provider, told);
  }

  #post(alert: Alert, provider: Provider, event: FluxEvent): void {
    const { kube, sender, postbox, log } = this.#deps;
    let secrets: readonly string[] = [];
    const id = sha256Hex(`${alert.metadata.uid ?? ''} ${eventKey(event)} ${event.timestamp}`).slice(0, 32);
    const send = async (signal: AbortSignal): Promise<void> => {
      if (!sender.types.has(provider.spec.type))
        throw new AppError('NotifyInvalid', `provider type '${provider.spec.type}' is not supported`);
      const more = partsOf(event, provider, alert);
      const resolved = await resolveProvider(kube, provider);
      ({ secrets } = resolved);
      await sender.send({ event, destination: resolved.destination, ...more, id, signal });
    };
    const onEnd = (error: AppError | undefined): void => {
      const fields = { alert: subjectOf(alert), provider: provider.metadata.name, object: titleOf(event) };
      if (error === undefined) log.debug('alert sent', fields);
      else this.#warn(alert, reasons.failed, failure(event, maskSecrets(error.message, secrets)));
    };
    if (postbox.post({ lane: provider.metadata.uid ?? subjectOf(provider), send, onEnd })) return;
    this.#warn(alert, reasons.failed, failure(event, 'too many messages wait for this provider'));
  }

  #warn(alert: Alert, reason: string, message: string): void {
    this.#deps.log.warn('alert not sent as it should be', {
      alert: subjectOf(alert),
      reason,
      problem: message,
    });
    this.#deps.events.record(alert, [{ type: 'Warning', reason, message }]);
  }
}

/** What a type tells beside the event. Throws NotifyInvalid when the event does not have it. */
function partsOf(
  event: FluxEvent,
  provider: Provider,
  alert: Alert,
): Pick<AlertMessage, 'commitStatus' | 'changeComment'> {
  const { type } = provider.spec;
  if (setsCommitStatus(type)) {
    const outcome = commitStatusOf(event, provider, alert);
    if (!outcome.ok) throw new AppError('NotifyInvalid', outcome.problem);
    return { commitStatus: outcome.status };
  }
  if (!commentsOnChanges(type)) return {};
  const outcome = changeCommentOf(event, provider);
  if (!outcome.ok) throw new AppError('NotifyInvalid', outcome.problem);
  return { changeComment: outcome.comment };
}

function failure(event: FluxEvent, why: string): string {
  return `failed to dispatch notification for ${titleOf(event)}: ${why}`;
}

function titleOf({ involvedObject: { kind, namespace, name } }: FluxEvent): string {
  return `${kind}/${namespace}/${name}`;
}

async function labelsOf(kube: Kube, { involvedObject }: FluxEvent): Promise<Labels> {
  const { apiVersion = '', kind: name, namespace, name: of } = involvedObject;
  const kind = await kube.resolve(apiVersion, name);
  if (kind === undefined) return {};
  const object = await kube.get({ kind, name: of, ...(kind.namespaced ? { namespace } : {}) });
  return object?.metadata.labels ?? {};
}
