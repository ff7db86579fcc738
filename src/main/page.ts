import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { labels } from '#api/argoproj/words.js';
import { kinds } from '#api/kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import type { Kube } from '#ports/kube.js';
import type { Manager } from '#runtime/manager/manager.js';
import { createPageServer, pageKinds, type PageServer } from '../server/index.js';
import type { RunningParts } from './controllers.js';
import { instanceSelector } from './instance.js';
import type { ControllerProcessOptions } from './options.js';

/** Opens the watches that the page reads beside those of the controllers; before the manager starts. */
export function watchForPage(manager: Manager, options: ControllerProcessOptions): void {
  for (const kind of pageKinds) {
    const isOwned = kind === kinds.pod || kind === kinds.replicaSet;
    const labelSelector = isOwned
      ? labels.podTemplateHash
      : instanceSelector(kind.kind, options.instanceId ?? '');
    manager.follow({
      kind,
      ...(labelSelector === undefined ? {} : { labelSelector }),
      ...(kind === kinds.pod ? { project: keepStatus } : {}),
    });
  }
}

/** The page of a controller process, on loopback with a key. `kube` is not bound to the lease: any replica may serve. */
export async function servePage(
  manager: Manager,
  kube: Kube,
  parts: RunningParts,
  options: ControllerProcessOptions & { readonly pagePort: number },
): Promise<PageServer> {
  const { cache, clock, log } = manager.deps('page');
  return createPageServer({
    cache,
    clock,
    log,
    kube,
    changes: manager.changes,
    assetsDir: options.pageAssets ?? fileURLToPath(new URL('ui', import.meta.url)),
    auth: { mode: 'page-key', key: options.pageKey ?? randomBytes(24).toString('base64url') },
    port: options.pagePort,
    waitsOf: (key) => parts.waitsOf(key),
  });
}

/** A pod without its spec, which is most of it. */
function keepStatus(pod: UnknownObject): UnknownObject {
  const { spec: _spec, ...rest } = pod;
  const { annotations: _annotations, ...metadata } = pod.metadata;
  return { ...rest, metadata, spec: { containers: [] } };
}
