import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { labels } from '#api/argoproj/words.js';
import { kinds } from '#api/kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { isObject } from '#core/json/json.js';
import { gitKinds } from '#core/view/git/git-detail.js';
import type { Kube } from '#ports/kube.js';
import type { Manager } from '#runtime/manager/manager.js';
import {
  checkPageAddress,
  createPageServer,
  gitEventKinds,
  isLoopbackAddress,
  pageKinds,
  type PageAuth,
  type PageServer,
} from '../server/index.js';
import type { RunningParts } from './controllers.js';
import { shardSelector } from './instance.js';
import { createLiveObjects } from './live-objects.js';
import { type ControllerProcessOptions, shardOf } from './options.js';

/**
 * Opens the watches that the page reads beside those of the controllers; before the manager starts. Throws ConfigInvalid
 * when the page's address and the way to sign in do not fit.
 */
export function watchForPage(manager: Manager, options: ControllerProcessOptions): void {
  checkPageAddress(options.pageAddress ?? loopback, authOf(options));
  for (const kind of pageKinds) {
    const isOwned = kind === kinds.pod || kind === kinds.replicaSet;
    const labelSelector = isOwned ? labels.podTemplateHash : shardSelector(kind, shardOf(options));
    manager.follow({
      kind,
      ...(labelSelector === undefined ? {} : { labelSelector }),
      ...(kind === kinds.pod ? { project: keepStatus } : {}),
    });
  }
  // Where nobody serves these kinds, or this process may not read them, the view of Git is empty and says so.
  for (const kind of gitKinds) manager.follow({ kind, optional: true });
  for (const { kind } of gitEventKinds) {
    const fieldSelector = `involvedObject.kind=${kind}`;
    manager.follow({ kind: kinds.event, fieldSelector, optional: true, project: keepWords });
  }
}

/**
 * The page of a controller process, or of one without controllers, which has no parts. `kube` is not bound to the lease:
 * any replica may serve.
 */
export async function servePage(
  manager: Manager,
  kube: Kube,
  parts: Pick<RunningParts, 'waitsOf' | 'commitOf'> | undefined,
  options: ControllerProcessOptions & { readonly pagePort: number },
): Promise<PageServer> {
  const { cache, clock, log } = manager.deps('page');
  return createPageServer({
    cache,
    clock,
    log,
    kube,
    changes: manager.changes,
    // Without the right to list Rollouts an empty page would look like an empty cluster.
    isReady: () => manager.ready() && cache.refusalOf?.(kinds.rollout) === undefined,
    assetsDir: options.pageAssets ?? fileURLToPath(new URL('ui', import.meta.url)),
    auth: authOf(options),
    host: options.pageAddress ?? loopback,
    port: options.pagePort,
    live: createLiveObjects(manager, kube),
    ...(parts === undefined
      ? {}
      : { waitsOf: (key) => parts.waitsOf(key), commitOf: (sha) => parts.commitOf(sha) }),
  });
}

const loopback = '127.0.0.1';

function authOf(options: ControllerProcessOptions): PageAuth {
  const host = options.pageAddress ?? loopback;
  switch (options.pageAuth ?? (isLoopbackAddress(host) ? 'key' : 'token')) {
    case 'key':
      return { mode: 'page-key', key: options.pageKey ?? randomBytes(24).toString('base64url') };
    case 'token':
      return { mode: 'token', isTlsInFront: options.isPageTlsInFront === true };
    case 'off':
      return { mode: 'open' };
  }
}

/** A pod with only its node of its spec, which is most of it. */
function keepStatus(pod: UnknownObject): UnknownObject {
  const { spec, ...rest } = pod;
  const { annotations: _annotations, ...metadata } = pod.metadata;
  const nodeName = isObject(spec) ? spec['nodeName'] : undefined;
  return { ...rest, metadata, spec: { containers: [], ...(nodeName === undefined ? {} : { nodeName }) } };
}

/** An Event with what is shown of it. */
function keepWords(event: UnknownObject): UnknownObject {
  const { managedFields: _managed, ...metadata } = event.metadata;
  const { reportingComponent: _component, reportingInstance: _instance, ...rest } = event;
  return { ...rest, metadata };
}
