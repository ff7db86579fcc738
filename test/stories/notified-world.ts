import { kinds } from '#api/kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { createNotificationController, type NotificationMetrics } from '#controllers/notification/index.js';
import type { Kube } from '#ports/kube.js';
import type { LogFields } from '#ports/log.js';
import { createNotingLog } from '../fakes/noting-log.js';
import { NotingNotifier } from '../fakes/noting-notifier.js';
import { shopObjects, templateOf } from './shop.js';
import { createStoryWorld, type StoryWorld } from './world.js';

/** Where the controllers are. */
export const home = 'system';

export interface NotifiedWorldOptions {
  /** `data` of the ConfigMap; absent: there is none. */
  readonly config?: Readonly<Record<string, string>>;
  /** Of the Secret, as they are. */
  readonly secrets?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly strategy?: object;
  readonly selfService?: boolean;
  readonly objects?: readonly KubeObject[];
  readonly wrapKube?: (kube: Kube) => Kube;
}

/** A cluster in virtual time with the controllers of Rollouts and of notifications, and a service that notes. */
export interface NotifiedWorld extends StoryWorld {
  readonly notifier: NotingNotifier;
  readonly said: readonly (readonly [string, LogFields | undefined])[];
  readonly metrics: readonly string[];
  /** The state as the annotation has it. */
  notified(): Promise<Readonly<Record<string, number>>>;
  /** Kills the controller of notifications and starts it anew with nothing but what is stored. */
  restartNotifications(): void;
  stopNotifications(): void;
  /** Another process that waits for the lease; the function lets it take over. */
  standBy(): () => void;
  configure(data: Readonly<Record<string, string>>): Promise<void>;
  setSecrets(values: Readonly<Record<string, string>>): Promise<void>;
}

export function configMap(data: Readonly<Record<string, string>>, at = home): KubeObject {
  const metadata = { name: 'argo-rollouts-notification-configmap', namespace: at };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data } as KubeObject;
}

export function secret(values: Readonly<Record<string, string>>, at = home): KubeObject {
  const metadata = { name: 'argo-rollouts-notification-secret', namespace: at };
  return { apiVersion: 'v1', kind: 'Secret', metadata, data: encoded(values) } as KubeObject;
}

function encoded(values: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
  );
}

/** Definitions that accept anything: no story here is about them, and they are quicker to write. */
function bare(definitions: readonly KubeObject[]): readonly KubeObject[] {
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  return definitions.map((one) => {
    const { spec } = one as KubeObject & { readonly spec: { readonly versions: readonly object[] } };
    return { ...one, spec: { ...spec, versions: spec.versions.map((version) => ({ ...version, schema })) } };
  });
}

const canary = {
  canary: { steps: [{ setWeight: 25 }, { pause: {} }, { setWeight: 50 }, { pause: { duration: '10s' } }] },
};

export function createNotifiedWorld(options: NotifiedWorldOptions = {}): NotifiedWorld {
  const [rollout, ...others] = shopObjects({ strategy: options.strategy ?? canary });
  const { annotations = {}, labels = {} } = options;
  const world = createStoryWorld({
    definitions: bare,
    objects: [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: home } },
      ...(options.config === undefined ? [] : [configMap(options.config)]),
      ...(options.secrets === undefined ? [] : [secret(options.secrets)]),
      ...(options.objects ?? []),
      { ...rollout!, metadata: { ...rollout!.metadata, annotations, labels } },
      ...others,
    ],
  });
  const { sandbox } = world;
  const notifier = new NotingNotifier();
  const said: (readonly [string, LogFields | undefined])[] = [];
  const log = createNotingLog(said);
  const told: string[] = [];
  const note = (word: string) => (_ns: string, name: string, type: string, reason: string) =>
    void told.push(`${word} ${name} ${type} ${reason}`);
  const metrics: NotificationMetrics = {
    sent: () => undefined,
    succeeded: note('ok'),
    failed: note('error'),
  };
  const build = () => {
    const own = sandbox.engine.ownWrites(sandbox.kube);
    return createNotificationController(
      {
        cache: sandbox.engine.cache,
        kube: options.wrapKube?.(own) ?? own,
        clock: sandbox.clock,
        log,
        events: sandbox.events,
      },
      {
        namespace: home,
        notifiers: new Map([[notifier.type, notifier]]),
        watches: sandbox.engine,
        selfService: options.selfService ?? false,
        metrics,
      },
    );
  };
  const start = () => sandbox.engine.start(build());
  start();
  const replace = async (object: KubeObject) => {
    const kind = object.kind === 'Secret' ? kinds.secret : kinds.configMap;
    const key = { kind, namespace: home, name: object.metadata.name };
    const known = await sandbox.kube.get(key);
    if (known === undefined) await sandbox.kube.create(kind, object);
    else {
      await sandbox.kube.update(kind, { ...known, data: (object as KubeObject & { data: object }).data });
    }
  };
  return {
    ...world,
    notifier,
    said,
    metrics: told,
    notified: async () =>
      JSON.parse(
        (await world.rollout()).metadata.annotations?.['notified.notifications.argoproj.io'] ?? '{}',
      ),
    restartNotifications: start,
    standBy: () => {
      const waiting = build();
      return () => sandbox.engine.start(waiting);
    },
    stopNotifications: () => sandbox.engine.stop('notification'),
    configure: (data) => replace(configMap(data)),
    setSecrets: (values) => replace(secret(values)),
  };
}

/** A simple configuration: one template that says which trigger it was written for. */
export function simpleConfig(...triggers: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries([
    ['service.slack', 'token: $slack-token'],
    ...triggers.flatMap((trigger) => [
      [`trigger.${trigger}`, `- send: [${trigger}]`],
      [`template.${trigger}`, `message: "${trigger} of {{.rollout.metadata.name}}"`],
    ]),
  ]);
}

/** The annotation that subscribes channels to triggers. */
export function subscribe(
  channels: string,
  ...triggers: readonly string[]
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    triggers.map((trigger) => [`notifications.argoproj.io/subscribe.${trigger}.slack`, channels]),
  );
}

/** Of the Secret. */
export const secrets = { 'slack-token': 'xoxb-1' };
/** Triggers that the stories subscribe to. */
export const triggers = [
  'on-rollout-completed',
  'on-rollout-paused',
  'on-rollout-step-completed',
  'on-rollout-aborted',
];
/** Their configuration. */
export const config = simpleConfig(...triggers);
const problemReasons = ['NotificationConfigError', 'NotificationError'];

/** Lets time pass. */
export async function settle(world: NotifiedWorld, seconds = 20): Promise<void> {
  await world.sandbox.clock.advance(seconds * 1000);
}

/** A new revision, and 20 s. */
export async function release(world: NotifiedWorld, image = 'web:2'): Promise<void> {
  await world.patch(kinds.rollout, 'web', { spec: { template: templateOf(image) } });
  await settle(world);
}

/** Promotes a paused release, and a minute. */
export async function promote(world: NotifiedWorld): Promise<void> {
  await world.patch(kinds.rollout, 'web', { status: { pauseConditions: null } }, 'status');
  await settle(world, 60);
}

/** What the events say of notifications that went wrong. */
export async function problems(world: NotifiedWorld): Promise<readonly string[]> {
  const events = await world.events();
  return events.filter((text) => problemReasons.some((reason) => text.startsWith(`${reason}: `)));
}
