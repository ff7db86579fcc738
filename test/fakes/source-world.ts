import type { SourceObject, SourceStatus } from '#api/flux/source.js';
import { apiVersionOf, type Kind } from '#api/kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import type { SourceDeps } from '#controllers/source/index.js';
import type { ControllerDefinition } from '#runtime/controller/definition.js';
import type { FakeArtifactStore } from './artifact-store.js';
import { GitopsWorld } from './gitops-world.js';

type Found = Omit<SourceObject, 'status'> & {
  readonly status: SourceStatus & Readonly<Record<string, unknown>>;
};

/** A cluster in virtual time with one more kind of source, `flux-system/app`, whose remote is real. */
export class SourceWorld extends GitopsWorld {
  readonly store: FakeArtifactStore;

  constructor(
    readonly kind: Kind,
    objects: readonly KubeObject[],
    create: (deps: SourceDeps) => ControllerDefinition,
  ) {
    super(objects);
    this.store = this.artifacts;
    const { engine, clock, kube, events } = this.sandbox;
    const log = { debug: noop, info: noop, warn: noop, error: noop, with: () => log };
    const deps = { cache: engine.cache, kube: engine.ownWrites(kube), clock, log, events };
    engine.start(create({ ...deps, artifacts: this.store }));
  }

  async put(spec: object): Promise<void> {
    await this.sandbox.kube.create(this.kind, {
      apiVersion: apiVersionOf(this.kind),
      kind: this.kind.kind,
      metadata: { name: 'app', namespace: 'flux-system' },
      spec: { interval: '1m', ...spec },
    } as KubeObject);
    await this.sandbox.clock.settle();
  }

  async edit(body: object): Promise<void> {
    const key = { kind: this.kind, namespace: 'flux-system', name: 'app' };
    await this.sandbox.kube.patch(key, { type: 'merge', body });
    await this.sandbox.clock.settle();
  }

  async object(): Promise<Found> {
    const found = await this.sandbox.kube.get({ kind: this.kind, namespace: 'flux-system', name: 'app' });
    if (found === undefined) throw new Error(`${this.kind.kind} app does not exist`);
    return { status: {}, ...found } as unknown as Found;
  }

  /** `status reason: message` of a condition of the source. */
  async says(type: string): Promise<string | undefined> {
    const { status } = await this.object();
    const found = status.conditions?.find((condition) => condition.type === type);
    return found && `${found.status} ${found.reason ?? ''}: ${found.message ?? ''}`;
  }

  /** Paths and texts of what the artifact holds. */
  async files(): Promise<Readonly<Record<string, string>>> {
    const { artifact } = (await this.object()).status;
    const tree = await this.store.fetch({ url: artifact?.url ?? '' });
    const entries = [...tree.values()].map(({ path, content }) => [path, new TextDecoder().decode(content)]);
    return Object.fromEntries(entries) as Record<string, string>;
  }
}

/** A Secret in flux-system with these values. */
export function secretOf(name: string, values: Readonly<Record<string, string>>): KubeObject {
  const entries = Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
  const data = Object.fromEntries(entries) as Record<string, string>;
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: 'flux-system' },
    data,
  } as KubeObject;
}

function noop(): void {
  // Nobody reads the log of this world.
}
