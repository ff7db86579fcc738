import type { KubeObject, UnknownObject } from '#api/k8s/meta.js';
import { kinds } from '#api/kinds.js';
import type { InventoryRef } from '#core/gitops/apply/inventory.js';
import type { LiveObjects, PageServerOptions } from '#server/index.js';
import { before } from './scenes.js';
import { putPaused } from './stories.js';
import type { World } from './world.js';

type Fields = Readonly<Record<string, unknown>>;

export const commits = {
  old: '3f2a91c0a1b2c3d4e5f60718293a4b5c6d7e8f90',
  new: '77aa01c2d3e4f5061728394a5b6c7d8e9f001122',
} as const;
export const revision = (sha: string): string => `main@sha1:${sha}`;

function ready(status: string, reason: string, message: string, minutes: number): Fields {
  return { type: 'Ready', status, reason, message, lastTransitionTime: before(minutes) };
}

interface GitScene {
  readonly name: string;
  readonly namespace?: string;
  readonly spec: Fields;
  readonly status?: Fields;
}

function putObject(world: World, kind: (typeof kinds)[keyof typeof kinds], scene: GitScene): void {
  const { name, namespace = 'shop', spec, status } = scene;
  const metadata = { name, namespace, uid: `uid-${kind.plural}-${name}`, generation: 1 };
  world.put(kind, {
    apiVersion: `${kind.group}/${kind.version}`,
    kind: kind.kind,
    metadata,
    spec,
    ...(status === undefined ? {} : { status: { observedGeneration: 1, ...status } }),
  } as KubeObject);
}

/** A repository at a commit. */
export function putSource(world: World, name = 'shop-repo', sha: string = commits.old): void {
  putObject(world, kinds.gitRepository, {
    name,
    spec: {
      url: 'https://deploy:hunter2@git.example.com/shop.git',
      interval: '1m',
      ref: { branch: 'main' },
      secretRef: { name: 'git-token' },
    },
    status: {
      conditions: [ready('True', 'Succeeded', `stored artifact for revision '${revision(sha)}'`, 25)],
      artifact: {
        path: 'x',
        url: 'http://127.0.0.1/x.tar.gz',
        revision: revision(sha),
        digest: `sha256:${'ab'.repeat(32)}`,
        lastUpdateTime: before(24.6),
        size: 20_480,
      },
    },
  });
  putGitEvent(world, `gitrepositories-${name}`, 'GitRepository', {
    name,
    minutes: 24.6,
    reason: 'NewArtifact',
    message: `stored artifact for commit 'raise the limit'`,
  });
}

interface Told {
  readonly name: string;
  readonly minutes: number;
  readonly reason: string;
  readonly message: string;
}

/** An event about a source or Kustomization. */
export function putGitEvent(world: World, uid: string, kind: string, told: Told): void {
  world.put(kinds.event, {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${told.name}.${told.minutes}`, namespace: 'shop' },
    involvedObject: { kind, namespace: 'shop', name: told.name, uid: `uid-${uid}` },
    type: 'Normal',
    reason: told.reason,
    message: told.message,
    count: 1,
    firstTimestamp: before(told.minutes),
    lastTimestamp: before(told.minutes),
  } as KubeObject);
}

const inventory = (...ids: readonly (readonly [id: string, v: string])[]): Fields => ({
  entries: ids.map(([id, v]) => ({ id, v })),
});

const source = { kind: 'GitRepository', name: 'shop-repo' };

function applied(sha: string, more: Fields = {}): Fields {
  return {
    conditions: [ready('True', 'ReconciliationSucceeded', `Applied revision: ${revision(sha)}`, 24)],
    lastAppliedRevision: revision(sha),
    lastAttemptedRevision: revision(sha),
    history: [
      {
        digest: 'sha256:1',
        firstReconciled: before(24.5),
        lastReconciled: before(2),
        lastReconciledDuration: '1.2s',
        lastReconciledStatus: 'ReconciliationSucceeded',
        totalReconciliations: 3,
        metadata: { revision: revision(sha) },
      },
      {
        digest: 'sha256:0',
        firstReconciled: before(300),
        lastReconciled: before(300),
        lastReconciledDuration: '900ms',
        lastReconciledStatus: 'HealthCheckFailed',
        totalReconciliations: 1,
        metadata: { revision: revision('0'.repeat(40)) },
      },
    ],
    ...more,
  };
}

/** A repository, three Kustomizations that need each other, a canary under way, drift, a lease, a failure. */
export function putGit(world: World): void {
  putSource(world);
  putObject(world, kinds.kustomization, {
    name: 'infra',
    spec: { sourceRef: source, interval: '10m', path: './infra', prune: true },
    status: applied(commits.old, {
      inventory: inventory(['_shop__Namespace', 'v1'], ['shop_settings__ConfigMap', 'v1']),
    }),
  });
  putObject(world, kinds.kustomization, {
    name: 'payments',
    spec: {
      sourceRef: source,
      interval: '10m',
      path: './payments',
      prune: true,
      dependsOn: [{ name: 'infra' }],
    },
    status: applied(commits.old, {
      inventory: inventory(
        ['shop_checkout_argoproj.io_Rollout', 'v1alpha1'],
        ['shop_checkout-stable__Service', 'v1'],
        ['shop_worker_apps_Deployment', 'v1'],
      ),
      leased: [
        {
          object: 'Service/shop/checkout-stable',
          fields: ['/spec/selector/rollouts-pod-template-hash'],
          note: 'of Rollout/shop/checkout, returns after promotion',
        },
      ],
    }),
  });
  putGitEvent(world, 'kustomizations-payments', 'Kustomization', {
    name: 'payments',
    minutes: 11,
    reason: 'Progressing',
    message:
      'Deployment/shop/worker configured: kubectl-edit changed spec.replicas, spec.template.spec.containers[app].image\nService/shop/checkout-stable unchanged',
  });
  putObject(world, kinds.kustomization, {
    name: 'reports',
    spec: { sourceRef: source, interval: '10m', dependsOn: [{ name: 'payments' }] },
    status: {
      conditions: [
        ready('False', 'BuildFailed', `reports/kustomization.yaml: line 14: 'resource' is no field`, 4),
      ],
      lastAttemptedRevision: revision(commits.old),
    },
  });
  putObject(world, kinds.kustomization, {
    name: 'batch',
    spec: { sourceRef: { kind: 'OCIRepository', name: 'batch' }, interval: '10m', suspend: true },
    status: applied(commits.old),
  });
  putPaused(world);
  label(world, 'checkout', 'payments');
}

/** The Rollout carries the labels of the Kustomization that applied it. */
function label(world: World, name: string, manager: string): void {
  const rollout = world.get(kinds.rollout, 'shop', name);
  if (rollout === undefined) return;
  const labels = {
    ...rollout.metadata.labels,
    'kustomize.toolkit.fluxcd.io/name': manager,
    'kustomize.toolkit.fluxcd.io/namespace': 'shop',
  };
  world.put(kinds.rollout, { ...rollout, metadata: { ...rollout.metadata, labels } });
}

/** Watches that show a Deployment which is short of pods, a Service, and nothing of the rest. */
export const liveObjects: LiveObjects = {
  get: (ref: InventoryRef): UnknownObject | undefined | null => {
    const metadata = { name: ref.name, namespace: ref.namespace ?? '' };
    if (ref.kind === 'Service') return { apiVersion: 'v1', kind: 'Service', metadata };
    if (ref.kind === 'ConfigMap') return { apiVersion: 'v1', kind: 'ConfigMap', metadata };
    if (ref.kind !== 'Deployment') return null;
    const status = { replicas: 3, updatedReplicas: 3, readyReplicas: 2, availableReplicas: 2 };
    return { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { replicas: 3 }, status };
  },
  subscribe: () => () => undefined,
};

/** Who made the commits. */
export const commitOf: NonNullable<PageServerOptions['commitOf']> = (sha) => {
  if (sha !== commits.old) return undefined;
  return { author: 'ann', subject: 'raise the limit', at: undefined };
};
