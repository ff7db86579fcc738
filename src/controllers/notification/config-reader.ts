import type { ConfigMap, Secret } from '#api/k8s/core-kinds.js';
import { kinds } from '#api/kinds.js';
import { type NotifyConfig, parseNotifyConfig } from '#core/notify/config.js';
import type { ScopedConfig } from '#core/notify/snapshot.js';
import { addMs, type Instant, parseInstant } from '#core/time/instant.js';
import type { Cache } from '#ports/cache.js';
import type { Log } from '#ports/log.js';

/** What users of the peer have already. */
export const configMapName = 'argo-rollouts-notification-configmap';
export const secretName = 'argo-rollouts-notification-secret';

/** Events as old as this when this process begins to tell are still told: the process before may have died with them. */
const lookBackMs = 300_000;

/** The configurations as the cache has them, parsed once for each version. */
export class ConfigReader {
  readonly #cache: Cache;
  readonly #log: Log;
  readonly #beganAt: () => Instant;
  readonly #parsed = new Map<string, NotifyConfig>();

  /** @param beganAt - when this process began to tell. */
  constructor(cache: Cache, log: Log, beganAt: () => Instant) {
    this.#cache = cache;
    this.#log = log;
    this.#beganAt = beganAt;
  }

  /** `undefined` when the namespace has no ConfigMap of notifications. */
  read(namespace: string, isSelfService: boolean): ScopedConfig | undefined {
    const map = this.#cache.get<ConfigMap>(kinds.configMap, namespace, configMapName);
    if (map === undefined) {
      this.#parsed.delete(namespace);
      return undefined;
    }
    const secret = this.#cache.get<Secret>(kinds.secret, namespace, secretName);
    const config = this.#parse(namespace, map, secret);
    const createdAt = parseInstant(map.metadata.creationTimestamp);
    const lookBack = addMs(this.#beganAt(), -lookBackMs);
    const since = createdAt !== undefined && createdAt > lookBack ? createdAt : lookBack;
    return { config, since, isSelfService };
  }

  #parse(namespace: string, map: ConfigMap, secret: Secret | undefined): NotifyConfig {
    const version = [map, secret]
      .map((object) => `${object?.metadata.uid ?? ''}/${object?.metadata.resourceVersion ?? ''}`)
      .join(' ');
    const known = this.#parsed.get(namespace);
    if (known?.source.version === version) return known;
    const config = parseNotifyConfig({
      namespace,
      data: map.data ?? {},
      secretName,
      secrets: decoded(secret?.data ?? {}),
      version,
    });
    this.#parsed.set(namespace, config);
    for (const problem of config.problems) {
      this.#log.warn('notification configuration', { configMap: `${namespace}/${configMapName}`, problem });
    }
    return config;
  }
}

function decoded(data: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
  );
}
