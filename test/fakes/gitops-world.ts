import type { GitRepository, GitRepositorySpec } from '#api/flux/git-repository.js';
import type { Kustomization, KustomizationSpec } from '#api/flux/kustomization.js';
import { kinds } from '#api/kinds.js';
import type { KubeObject, UnknownObject } from '#api/k8s/meta.js';
import { createSignatureVerifier } from '#adapters/signatures/index.js';
import { createGitRepositoryController } from '#controllers/git-repository/index.js';
import { createSops } from '#adapters/sops/sops.js';
import { createKustomizationController } from '#controllers/kustomization/index.js';
import type { KustomizationSettings } from '#core/gitops/kustomization/model/kustomization-snapshot.js';
import type { ArtifactFetcher, ArtifactStore } from '#ports/artifact-store.js';
import type { GitHistory } from '#ports/git-history.js';
import type { GitRemote } from '#ports/git-remote.js';
import type { Kube } from '#ports/kube.js';
import type { Log } from '#ports/log.js';
import type { KeyServices } from '#ports/sops.js';
import type { Renderer } from '#ports/renderer.js';
import type { TargetClusters } from '#ports/target-clusters.js';
import { createVirtualSandbox, type VirtualSandbox } from '#sandbox/virtual-sandbox.js';
import { FakeArtifactStore } from './artifact-store.js';
import { FakeGitRemote } from './git-remote.js';
import { installedCrds, namespace } from './installed-crds.js';
import { notingKube } from './noting-kube.js';
import { refusingKube, type Refusing } from './refusing-kube.js';

export { namespace } from './installed-crds.js';

/** The manifest of a Deployment `web` in the namespace `shop`, with two replicas of this image. */
export const webDeployment = (image: string): string => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: '${image}'}]}
`;

/** A cluster in virtual time with the two controllers of the reconciler, a remote and a store in memory. */
export class GitopsWorld {
  readonly git = new FakeGitRemote();
  readonly artifacts = new FakeArtifactStore();
  readonly sandbox: VirtualSandbox;
  readonly failures: string[] = [];
  /** What the two controllers wrote, `Kind/namespace/name`, once for each write. */
  readonly writes: string[] = [];
  /** What the cluster refuses the two controllers. */
  refusing: Refusing = () => undefined;

  constructor(
    objects: readonly KubeObject[] = [],
    /** Real ones in the place of those in memory. */
    readonly real?: {
      readonly git: GitRemote;
      readonly artifacts: ArtifactStore;
      readonly fetcher: ArtifactFetcher;
      /** What reverts are pushed with. */
      readonly history?: GitHistory;
    },
    /** Of both controllers. */
    readonly settings: Partial<KustomizationSettings> & {
      readonly ageSecret?: { readonly namespace: string; readonly name: string };
      readonly fallback?: Renderer;
      readonly keyServices?: KeyServices;
    } = {},
    /** Where and as whom Kustomizations apply beside this cluster and the controller itself. */
    readonly clusters?: () => TargetClusters,
  ) {
    this.sandbox = createVirtualSandbox({
      objects: [...installedCrds(), namespace('flux-system'), namespace('shop'), ...objects],
      onError: ({ error }) => this.failures.push(String(error)),
    });
    this.startControllers();
  }

  /**
   * As after a restart of the process: nothing is remembered.
   * @param wrap - what the reconciler of Kustomizations writes through.
   */
  startControllers(wrap: (kube: Kube) => Kube = (same) => same): void {
    const { engine, clock, kube, events } = this.sandbox;
    const noting = notingKube(engine.ownWrites(kube), (subject) => this.writes.push(subject));
    const guarded = refusingKube(noting, (request) => this.refusing(request));
    const deps = { cache: engine.cache, kube: guarded, clock, log: silent, events };
    const { git, artifacts, fetcher } = this.real ?? {
      git: this.git,
      artifacts: this.artifacts,
      fetcher: this.artifacts,
    };
    const apps = { tokenOf: () => Promise.resolve('token') };
    const signatures = createSignatureVerifier();
    const { ageSecret, fallback, keyServices, ...settings } = this.settings;
    const sources = { ...deps, artifacts, settings };
    engine.start(createGitRepositoryController({ ...sources, git, apps, signatures }));
    engine.start(
      createKustomizationController({
        ...deps,
        kube: wrap(guarded),
        watches: engine,
        fetcher,
        settings,
        ...(ageSecret === undefined ? {} : { ageSecret }),
        ...(fallback === undefined ? {} : { fallback }),
        sops: createSops(keyServices),
        ...(this.real?.history === undefined ? {} : { reverts: { history: this.real.history, apps } }),
        ...(this.clusters === undefined ? {} : { clusters: this.clusters() }),
      }),
    );
  }

  async createSource(spec: Partial<GitRepositorySpec> = {}): Promise<void> {
    const full = { url: 'https://git.test/app.git', interval: '1m', ref: { branch: 'main' }, ...spec };
    await this.sandbox.kube.create<GitRepository>(kinds.gitRepository, {
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'GitRepository',
      metadata: { name: 'app', namespace: 'flux-system' },
      spec: full,
    });
  }

  async createKustomization(spec: Partial<KustomizationSpec> = {}, name = 'app'): Promise<void> {
    const sourceRef = { kind: 'GitRepository' as const, name: 'app' };
    await this.sandbox.kube.create<Kustomization>(kinds.kustomization, {
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata: { name, namespace: 'flux-system' },
      spec: { interval: '10m', retryInterval: '2m', prune: true, sourceRef, ...spec },
    });
  }

  async source(): Promise<GitRepository> {
    return this.#get<GitRepository>(kinds.gitRepository, 'flux-system', 'app');
  }

  async kustomization(name = 'app'): Promise<Kustomization> {
    return this.#get<Kustomization>(kinds.kustomization, 'flux-system', name);
  }

  /** `status reason: message` of a condition. */
  condition(object: GitRepository | Kustomization, type: string): string | undefined {
    const found = object.status?.conditions?.find((condition) => condition.type === type);
    return found && `${found.status} ${found.reason ?? ''}: ${found.message ?? ''}`;
  }

  /** `reason: message` of the events of a kind, oldest first. */
  async events(kind: string): Promise<readonly string[]> {
    const { items } = await this.sandbox.kube.list(kinds.event, { namespace: 'flux-system' });
    return items
      .filter((event) => (event['involvedObject'] as KubeObject).kind === kind)
      .map((event) => `${String(event['reason'])}: ${String(event['message'])}`);
  }

  async find(
    kind: (typeof kinds)[keyof typeof kinds],
    name: string,
    space?: string,
  ): Promise<UnknownObject | undefined> {
    return this.sandbox.kube.get({ kind, name, ...(space === undefined ? {} : { namespace: space }) });
  }

  async #get<T extends KubeObject>(
    kind: (typeof kinds)[keyof typeof kinds],
    space: string,
    name: string,
  ): Promise<T> {
    const found = await this.sandbox.kube.get<T>({ kind, namespace: space, name });
    if (found === undefined) throw new Error(`${kind.kind}/${space}/${name} does not exist`);
    return found;
  }
}

const silent: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  with: () => silent,
};
