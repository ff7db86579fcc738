import { hostname } from 'node:os';
import { kinds } from '#api/kinds.js';
import { createOnDemandServer } from '#adapters/inbound/on-demand.js';
import { createOidcTokens } from '#adapters/remotes/oidc/oidc-tokens.js';
import { createGoogleTokens } from '#adapters/remotes/google/tokens.js';
import { nodeSigning } from '#adapters/inbound/signing.js';
import { createGuard, deniedByDefault } from '#adapters/metrics/http/client/guard.js';
import { createEventPoster } from '#adapters/notify/alert/event-poster.js';
import { createAlertSender } from '#adapters/notify/alert/index.js';
import { AlertDispatcher } from '#controllers/alert/dispatcher.js';
import { createEventHandler } from '#controllers/alert/event-handler.js';
import { createAlertController } from '#controllers/alert/index.js';
import { Postbox } from '#controllers/alert/postbox.js';
import { type EventSink, tapped } from '#controllers/alert/tap.js';
import { createHookHandler } from '#controllers/receiver/hooks.js';
import { createReceiverController } from '#controllers/receiver/index.js';
import type { Kube } from '#ports/kube.js';
import type { ControllerDefinition } from '#runtime/controller/definition.js';
import type { Manager } from '#runtime/manager/manager.js';
import type { ControllerProcessOptions } from './options.js';

/** What Receivers and Alerts share with the other controllers. */
export interface FlowParts {
  readonly closers: (() => Promise<void>)[];
  /** The API server, for the writes of every replica: those that need no lease. */
  readonly anyReplica: Kube;
  /** Who hears events of controllers beside the API server. */
  readonly sinks: EventSink[];
}

/** Receivers, and the port of their calls once there is one of them. */
export function buildReceiver(
  manager: Manager,
  options: ControllerProcessOptions,
  { anyReplica, closers }: FlowParts,
): Promise<ControllerDefinition> {
  const { receiverAddress, noCrossNamespaceRefs = false, deniedMetricAddresses = deniedByDefault } = options;
  const deps = manager.deps('receiver');
  if (receiverAddress !== undefined) {
    const server = createOnDemandServer({
      name: 'receiver',
      place: receiverAddress,
      handle: createHookHandler({
        ...deps,
        kube: anyReplica,
        signing: nodeSigning,
        tokens: createGoogleTokens(deps.clock),
        oidc: createOidcTokens(deps.clock, createGuard(deniedMetricAddresses)),
        isLocked: noCrossNamespaceRefs,
      }),
      log: deps.log,
    });
    manager.changes.subscribe(kinds.receiver, () => server.want());
    closers.push(() => server.close());
  }
  return Promise.resolve(createReceiverController(deps));
}

/** Alerts, and the port of events of others once there is one of them. */
export function buildAlert(
  manager: Manager,
  options: ControllerProcessOptions,
  { anyReplica, closers, sinks }: FlowParts,
): Promise<ControllerDefinition> {
  const { eventsAddress, noCrossNamespaceRefs = false, deniedMetricAddresses = deniedByDefault } = options;
  const deps = manager.deps('alert');
  const postbox = new Postbox({ clock: deps.clock });
  closers.push(() => postbox.close());
  const dispatcher = new AlertDispatcher({
    ...deps,
    kube: anyReplica,
    sender: createAlertSender({ guard: createGuard(deniedMetricAddresses) }),
    postbox,
    isLocked: noCrossNamespaceRefs,
  });
  sinks.push((event, { metadata }) => {
    if (dispatcher.hasAlerts()) dispatcher.accept(event, metadata.labels ?? {});
  });
  if (eventsAddress !== undefined) {
    const handle = createEventHandler(dispatcher);
    const server = createOnDemandServer({ name: 'events', place: eventsAddress, handle, log: deps.log });
    manager.changes.subscribe(kinds.alert, () => server.want());
    closers.push(() => server.close());
  }
  return Promise.resolve(createAlertController(dispatcher));
}

/** Events go to another controller's endpoint too. */
export function postEvents(manager: Manager, url: string, { closers, sinks }: FlowParts): void {
  const { clock, log } = manager.deps('events');
  const postbox = new Postbox({ clock });
  const post = createEventPoster(url);
  closers.push(() => postbox.close());
  sinks.push((event) => {
    postbox.post({
      lane: 'events',
      send: (signal) => post(event, signal),
      onEnd: (error) => {
        if (error !== undefined) log.warn('an event could not be posted', { error: error.message });
      },
    });
  });
}

/** What controllers are called in events, as in the peer. */
const reporters: Readonly<Record<string, string>> = {
  'git-repository': 'source-controller',
  'oci-repository': 'source-controller',
  bucket: 'source-controller',
  'external-artifact': 'source-controller',
  kustomization: 'kustomize-controller',
  receiver: 'notification-controller',
};

/** The same manager; the sinks hear the events of every controller that is built from it. */
export function heard(manager: Manager, sinks: readonly EventSink[]): Manager {
  const sink: EventSink = (event, object) => {
    for (const one of sinks) one(event, object);
  };
  return {
    deps: (name) => {
      const deps = manager.deps(name);
      const controller = reporters[name] ?? 'rollouts-controller';
      const options = { controller, instance: `${controller}-${hostname()}`, clock: deps.clock };
      return { ...deps, events: tapped(deps.events, sink, options) };
    },
    changes: manager.changes,
    ensure: (request) => manager.ensure(request),
    follow: (request) => manager.follow(request),
    add: (definition) => manager.add(definition),
    start: () => manager.start(),
    stop: () => manager.stop(),
    ready: () => manager.ready(),
    healthy: () => manager.healthy(),
    waitingFor: () => manager.waitingFor(),
    isWatched: (kind) => manager.isWatched(kind),
    leads: () => manager.leads(),
  };
}
