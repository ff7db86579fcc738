import type { ObjectMeta } from '#api/k8s/meta.js';
import { isObject } from '#core/json/json.js';
import { objectsAt, textAt, textsAt } from '#core/json/read.js';
import { matchesSelector } from '#core/kube/selector.js';
import { parseYaml } from '#core/yaml/yaml.js';
import type { NotifyConfig } from './config.js';
import type { Destination, Destinations } from './destination.js';

const prefix = 'notifications.argoproj.io/';

/** Whether the object carries any subscription of its own. */
export function hasSubscriptions({ annotations = {} }: Pick<ObjectMeta, 'annotations'>): boolean {
  return Object.keys(annotations).some((key) => key.startsWith(`${prefix}subscri`));
}

/** Who wants to hear of an object, by trigger: those of the administrator, then those of its annotations, each once. */
export function destinationsOf(
  meta: Pick<ObjectMeta, 'labels' | 'annotations'>,
  config: NotifyConfig,
): Destinations {
  const destinations = new Map<string, Destination[]>();
  const add = (trigger: string, destination: Destination): void => {
    const known = destinations.get(trigger) ?? [];
    const isKnown = known.some(
      ({ service, recipient }) => service === destination.service && recipient === destination.recipient,
    );
    destinations.set(trigger, isKnown ? known : [...known, destination]);
  };
  for (const { recipients, triggers, selector } of config.subscriptions) {
    if (!matchesSelector(selector, meta.labels ?? {})) continue;
    for (const trigger of triggers.length > 0 ? triggers : config.defaultTriggers) {
      for (const recipient of recipients) add(trigger, parseRecipient(recipient));
    }
  }
  for (const [key, value] of Object.entries(meta.annotations ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))) {
    for (const { trigger, destination } of readAnnotation(key, value)) {
      const triggers = trigger === '' ? defaultsOf(destination.service, config) : [trigger];
      for (const one of triggers) add(one, destination);
    }
  }
  return destinations;
}

function parseRecipient(text: string): Destination {
  const at = text.indexOf(':');
  return at < 0
    ? { service: text, recipient: '' }
    : { service: text.slice(0, at), recipient: text.slice(at + 1) };
}

function defaultsOf(service: string, config: NotifyConfig): readonly string[] {
  return config.serviceDefaultTriggers.get(service) ?? config.defaultTriggers;
}

interface Wish {
  /** Empty: the default triggers. */
  readonly trigger: string;
  readonly destination: Destination;
}

/** `subscribe.<trigger>.<service>`, `subscribe.<service>` and the list in `subscriptions`. */
function readAnnotation(key: string, value: string): readonly Wish[] {
  if (key === `${prefix}subscriptions`) return readList(value);
  if (!key.startsWith(`${prefix}subscribe.`)) return [];
  const [first = '', second] = key.slice(`${prefix}subscribe.`.length).split('.');
  const trigger = second === undefined ? '' : first;
  return recipientsOf(value).map((recipient) => ({
    trigger,
    destination: { service: second ?? first, recipient },
  }));
}

/** Separated by `;`; an empty annotation is one empty recipient. */
function recipientsOf(value: string): readonly string[] {
  if (value === '') return [''];
  return value
    .split(';')
    .map((recipient) => recipient.trim())
    .filter((recipient) => recipient !== '');
}

function readList(text: string): readonly Wish[] {
  const parsed = parseYaml(text);
  if (!parsed.ok) return [];
  return objectsAt({ list: parsed.value }, 'list').flatMap((entry) => {
    const triggers = textsAt(entry, 'trigger');
    return objectsAt(entry, 'destinations').flatMap((destination) => {
      const service = textAt(destination, 'service') ?? '';
      const recipients = isObject(destination) ? textsAt(destination, 'recipients') : [];
      const all = recipients.length > 0 ? recipients : [''];
      return (triggers.length > 0 ? triggers : ['']).flatMap((trigger) =>
        all.map((recipient) => ({ trigger, destination: { service, recipient } })),
      );
    });
  });
}
