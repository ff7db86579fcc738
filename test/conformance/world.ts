import type { LabelSelector, UnknownObject } from '#api/k8s/meta.js';
import { groupOf } from '#core/kube/object.js';
import { matchesSelector } from '#core/kube/selector.js';
import { deepFreeze, isEqual } from '#core/json/json.js';
import type { ObservedTraffic, TrafficChange, TrafficRequest } from '#core/traffic/request.js';
import { parseYamlStream } from '#core/yaml/yaml.js';
import type { TrafficProvider } from '#providers/contract.js';

/** What the conformance suite needs to know of a provider: a configuration and the user's objects. */
export interface ProviderWorld {
  /** One line, for instance `host-level`. */
  readonly name: string;
  readonly config: unknown;
  /** The user's manifests, with fields and entries of other tools in them. */
  readonly manifests: string;
  /** The split is by pod hash or by what the data plane knows: no object names the Services. */
  readonly isWithoutServices?: true;
  /** Managed routes that this kind of route cannot carry, though the provider can with others. */
  readonly lacks?: readonly ('header' | 'mirror')[];
  /** What an API server makes of an object that it stores, where that is more than keeping it. */
  readonly stored?: (object: UnknownObject) => UnknownObject;
  /** Names of the objects that the user wrote and that must keep everything but the split. */
  readonly foreign: (objects: readonly UnknownObject[]) => readonly unknown[];
}

/** A cluster of plain objects that a plan is executed on, as the shell would. */
export class World implements ObservedTraffic {
  #objects: readonly UnknownObject[];
  readonly #stored: (object: UnknownObject) => UnknownObject;

  constructor(objects: readonly UnknownObject[], stored: ProviderWorld['stored'] = (object) => object) {
    this.#stored = stored;
    this.#objects = deepFreeze(objects.map(stored));
  }

  static of(manifests: string, stored?: ProviderWorld['stored']): World {
    const parsed = parseYamlStream(manifests);
    if (!parsed.ok) throw new Error(parsed.problem.message);
    return new World(parsed.value as UnknownObject[], stored);
  }

  get objects(): readonly UnknownObject[] {
    return this.#objects;
  }

  get(apiGroup: string, kind: string, namespace: string, name: string): UnknownObject | undefined {
    return this.#objects.find(
      (o) =>
        o.kind === kind &&
        groupOf(o.apiVersion) === apiGroup &&
        o.metadata.namespace === namespace &&
        o.metadata.name === name,
    );
  }

  list(apiGroup: string, kind: string, namespace: string, selector: LabelSelector): readonly UnknownObject[] {
    return this.#objects.filter(
      (o) =>
        o.kind === kind &&
        groupOf(o.apiVersion) === apiGroup &&
        o.metadata.namespace === namespace &&
        matchesSelector(selector, o.metadata.labels),
    );
  }

  without(kind: string): World {
    return new World(
      this.#objects.filter((o) => o.kind !== kind),
      this.#stored,
    );
  }

  /** Executes a plan and fails when the provider could not plan. @returns the number of changes. */
  shift(provider: TrafficProvider, config: unknown, wanted: TrafficRequest): number {
    const plan = provider.plan(config, wanted, this);
    if (!plan.ok) throw new Error(plan.problem.message);
    for (const change of plan.changes) this.apply(change, wanted.rollout);
    return plan.changes.length;
  }

  /** As when the spec names none of the objects any more. */
  release(provider: TrafficProvider): void {
    const { rollout } = request(0);
    for (const change of provider.release(rollout, this.#objects)) this.apply(change, rollout);
  }

  apply(change: TrafficChange, owner: TrafficRequest['rollout']): void {
    const object = change.object as UnknownObject;
    const others = this.#objects.filter(
      (o) =>
        !(
          o.kind === object.kind &&
          o.metadata.namespace === object.metadata.namespace &&
          o.metadata.name === object.metadata.name
        ),
    );
    if (change.change === 'delete') this.#objects = others;
    else if (change.change === 'update') {
      if (
        isEqual(
          this.get(
            groupOf(object.apiVersion),
            object.kind,
            object.metadata.namespace ?? '',
            object.metadata.name,
          ),
          object,
        )
      ) {
        throw new Error('an update that changes nothing');
      }
      this.#objects = deepFreeze([...others, this.#stored(object)]);
    } else {
      const ownerReferences = change.owned
        ? [
            {
              apiVersion: 'argoproj.io/v1alpha1',
              kind: 'Rollout',
              name: owner.name,
              uid: owner.uid,
              controller: true,
            },
          ]
        : [];
      this.#objects = deepFreeze([
        ...others,
        { ...object, metadata: { ...object.metadata, ownerReferences } },
      ]);
    }
  }
}

/** The request of a rollout `web` in `shop`, stable hash `5d4`, canary hash `7c9`. */
export function request(canaryWeight: number, over: Partial<TrafficRequest> = {}): TrafficRequest {
  return {
    rollout: { name: 'web', namespace: 'shop', uid: 'u-1' },
    stable: { service: 'web-stable', podTemplateHash: '5d4' },
    canary: { service: 'web-canary', podTemplateHash: '7c9' },
    canaryWeight,
    maxWeight: 100,
    isMaxWeightSet: false,
    additional: [],
    routes: [],
    managedRoutes: [],
    ...over,
  };
}
