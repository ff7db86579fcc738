import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import type { DeploymentSettings } from './strategy.js';

/** The wanted size of each ReplicaSet that changes, by name. */
export type Sizes = ReadonlyMap<string, number>;

export interface ScaleView {
  readonly settings: DeploymentSettings;
  readonly fresh: ReplicaSet | undefined;
  /** Oldest first. */
  readonly old: readonly ReplicaSet[];
  /** Whether old pods exist that have not ended yet. */
  readonly hasOldPods: boolean;
}

/** The next sizes of an update: up within the surge, then down within what may be missing. */
export function planUpdate(view: ScaleView): Sizes {
  if (view.fresh === undefined) return new Map();
  return view.settings.isRecreate ? planRecreate(view, view.fresh) : planRolling(view, view.fresh);
}

function planRecreate({ settings, old, hasOldPods }: ScaleView, fresh: ReplicaSet): Sizes {
  const running = old.filter((set) => sizeOf(set) > 0);
  if (running.length > 0) return new Map(running.map((set) => [nameOf(set), 0]));
  return hasOldPods ? new Map() : new Map([[nameOf(fresh), settings.replicas]]);
}

function planRolling(view: ScaleView, fresh: ReplicaSet): Sizes {
  const { settings, old } = view;
  const total = sum([fresh, ...old], sizeOf);
  const freshSize = sizeOf(fresh);
  if (freshSize > settings.replicas) return new Map([[nameOf(fresh), settings.replicas]]);
  const room = settings.replicas + settings.maxSurge - total;
  const grown = Math.min(freshSize + Math.max(room, 0), settings.replicas);
  if (grown > freshSize) return new Map([[nameOf(fresh), grown]]);
  return planShrink(settings, fresh, old);
}

/** Old pods that are not available go first, then as many available ones as may be missing. */
function planShrink(settings: DeploymentSettings, fresh: ReplicaSet, old: readonly ReplicaSet[]): Sizes {
  const least = settings.replicas - settings.maxUnavailable;
  const freshUnavailable = sizeOf(fresh) - availableOf(fresh);
  let removable = sum([fresh, ...old], sizeOf) - least - freshUnavailable;
  const sizes = new Map(old.map((set) => [nameOf(set), sizeOf(set)]));
  for (const set of old) {
    const broken = Math.min(Math.max(removable, 0), sizeOf(set) - Math.min(availableOf(set), sizeOf(set)));
    sizes.set(nameOf(set), sizeOf(set) - broken);
    removable -= broken;
  }
  let spare = sum([fresh, ...old], availableOf) - least;
  for (const set of old) {
    const size = sizes.get(nameOf(set)) ?? 0;
    const cut = Math.min(Math.max(Math.min(spare, removable), 0), size);
    sizes.set(nameOf(set), size - cut);
    spare -= cut;
    removable -= cut;
  }
  return new Map(
    [...sizes].filter(([name, size]) => size !== sizeOf(old.find((set) => nameOf(set) === name))),
  );
}

/**
 * Sizes when only the number of replicas changed: one active ReplicaSet takes it all, several share it by their sizes
 * (what is lost in rounding goes to the newest).
 */
export function planResize({ settings, fresh, old }: ScaleView): Sizes {
  const active = [...old, ...(fresh === undefined ? [] : [fresh])].filter((set) => sizeOf(set) > 0);
  const newest = active.at(-1) ?? fresh;
  if (newest === undefined) return new Map();
  if (active.length <= 1) return changed([newest], [settings.replicas]);
  const total = sum(active, sizeOf);
  const allowed = settings.replicas === 0 ? 0 : settings.replicas + settings.maxSurge;
  const wanted = active.map((set) => Math.round((sizeOf(set) * allowed) / total));
  const rest = allowed - wanted.reduce((a, b) => a + b, 0);
  wanted[wanted.length - 1] = Math.max(0, (wanted.at(-1) ?? 0) + rest);
  return changed(active, wanted);
}

function changed(sets: readonly ReplicaSet[], sizes: readonly number[]): Sizes {
  const pairs = sets.map((set, index) => [set, sizes[index] ?? 0] as const);
  return new Map(
    pairs.filter(([set, size]) => sizeOf(set) !== size).map(([set, size]) => [nameOf(set), size]),
  );
}

export function sizeOf(set: ReplicaSet | undefined): number {
  return set?.spec.replicas ?? 0;
}

export function availableOf(set: ReplicaSet): number {
  return set.status?.availableReplicas ?? 0;
}

function nameOf(set: ReplicaSet): string {
  return set.metadata.name;
}

function sum(sets: readonly ReplicaSet[], count: (set: ReplicaSet) => number): number {
  return sets.reduce((total, set) => total + count(set), 0);
}
