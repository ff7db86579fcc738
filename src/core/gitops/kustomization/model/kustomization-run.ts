import type { UnknownObject } from '#api/k8s/meta.js';
import type { Kind } from '#api/kinds.js';
import type { InventoryEntry } from '#api/flux/kustomization.js';
import { addMs, type Instant } from '#core/time/instant.js';
import type { RevertOutcome } from '../../on-abort/revert.js';
import type { Templates } from '../../on-abort/judge.js';

/** So often a server may not answer before anybody is told. */
const maxSilentFailures = 3;
/** So long those who have nothing to apply let others go first. */
const courtesyMs = 50;

/** What a build was made of, as digests: of the files that it reads, and of these with the spec and the variables. */
export interface BuildInputs {
  /** The artifact whose files were looked at. */
  readonly artifact: string;
  readonly files: string;
  readonly all: string;
}

/** What came out of a source: the objects to apply, or why there are none. */
export type BuiltRevision =
  | {
      readonly ok: true;
      readonly objects: readonly UnknownObject[];
      /** `sha256:<hex>` of the built YAML. */
      readonly digest: string;
      /** Absent when it is not known what it was made of. */
      readonly inputs?: BuildInputs;
      /** Nothing that it is made of has changed since the last good run: nothing was built, and there are no objects. */
      readonly isUnchanged?: boolean;
    }
  | {
      readonly ok: false;
      readonly reason: string;
      readonly message: string;
      /** Try again after this instead of the retry interval. */
      readonly retryMs?: number;
      /** A server did not answer: it may within seconds, so that the first failures are not told. */
      readonly isTransient?: boolean;
    };

/** One object of a stage as it stands in the cluster. */
export interface InspectedObject {
  readonly id: string;
  /** Absent when no API serves the kind. */
  readonly kind?: Kind;
  /** Absent when it does not exist. */
  readonly live?: UnknownObject;
  /** Why it could not be looked at. */
  readonly problem?: string;
}

/** What the server would store for an object, or why it refuses. */
export interface MergedObject {
  readonly id: string;
  readonly merged?: UnknownObject;
  readonly problem?: string;
  /** It refuses because a field cannot be changed. */
  readonly isImmutable?: boolean;
}

export interface AppliedObject {
  readonly id: string;
  /** As stored. */
  readonly object?: UnknownObject;
  readonly problem?: string;
  /** The server did not answer: it may be stored all the same. */
  readonly isUncertain?: boolean;
}

/** What is known of an object without asking the server. */
export interface KnownObject {
  readonly id: string;
  readonly kind: Kind;
  readonly live: UnknownObject;
  /** It is as it was applied, and the same would be applied again. */
  readonly isSettled: boolean;
}

/** How far one stage has come; a field is absent until that was done. */
export interface StageRun {
  /** Judged once, when the stage begins. */
  readonly known?: readonly KnownObject[];
  readonly inspected?: readonly InspectedObject[];
  readonly merged?: readonly MergedObject[];
  readonly applied?: readonly AppliedObject[];
  readonly appliedAt?: Instant;
  /** How often the cluster changed between looking and asking. */
  readonly conflicts?: number;
  /** What was applied before the cluster changed. */
  readonly earlier?: readonly AppliedObject[];
}

export interface PrunedEntry {
  readonly entry: InventoryEntry;
  readonly result: 'deleted' | 'kept' | 'gone' | 'failed';
  readonly problem?: string;
}

/** What one run has done and seen so far. */
export interface KustomizationRun {
  readonly startedAt: Instant;
  /** What the run answers; another one makes a new run. */
  readonly trigger: string;
  /** The aborted releases that it began with. */
  readonly aborts: readonly string[];
  /** A routine look that nobody waits for: nothing is said until something is found. */
  readonly isQuiet: boolean;
  readonly built?: BuiltRevision;
  /** Transient failures of the build so far, and when it is tried again. */
  readonly buildFailures?: number;
  readonly buildAgainAt?: Instant;
  readonly stages: readonly StageRun[];
  readonly pruned?: readonly PrunedEntry[];
  /** Nothing could be deleted, for nobody is there to delete as. */
  readonly isAccountGone?: boolean;
  /** Kinds of `spec.healthChecks`, by `apiVersion/kind`; `null` when no API serves it. */
  readonly healthKinds?: Readonly<Record<string, Kind | null>>;
  readonly healthSince?: Instant;
  /** Awaited objects that no watch shows, as they were when they were looked at last, and when that was. */
  readonly looked?: readonly InspectedObject[];
  readonly lookedAt?: Instant;
  /** Everything was healthy before the run. */
  readonly wasHealthy: boolean;
  /** The inventory from before new objects were announced in it. */
  readonly inventoryBefore?: readonly InventoryEntry[];
  /** What has nothing to apply lets those go first that have. */
  readonly waitsUntil?: Instant;
  /** The pod templates of Rollouts that were aborted or are held. */
  readonly templates?: Templates;
  /** The same of the last good revisions of Rollouts that may go back to them. */
  readonly stable?: Templates;
  /** What became of the commits that were to be reverted. */
  readonly reverts?: readonly RevertOutcome[];
}

/** What the process remembers of one Kustomization. Losing it costs one look at everything it applied. */
export interface KustomizationMemory {
  readonly run?: KustomizationRun;
  readonly last?: {
    readonly trigger: string;
    readonly finishedAt: Instant;
    readonly nextAt: Instant;
    readonly isOk: boolean;
    /** Of a good run. */
    readonly inputs?: BuildInputs;
    readonly digest?: string;
  };
  /** What was applied by the last good run, with how it looked then. */
  readonly managed?: readonly ManagedObject[];
  /** As whom and where to, as `identityOf` says it. */
  readonly managedAs?: string;
  readonly onAbort?: OnAbortMemory;
  /** What was said last of leased fields, as JSON. */
  readonly leased?: string;
}

/** What became of aborted releases, so that nothing is done twice. Losing it costs a look at each. */
export interface OnAbortMemory {
  /** The aborts that are dealt with. */
  readonly judged: readonly string[];
  /** Those of them whose revert could not be pushed. */
  readonly failed?: readonly string[];
  /** What the annotations of the Kustomization said. */
  readonly asked: string;
  /** Last good revisions, as `id@hash`, for which objects are kept that left the source. */
  readonly keeping?: readonly string[];
  /** They are tried again then. */
  readonly againAt?: Instant;
}

export interface ManagedObject {
  readonly id: string;
  readonly kind: Kind;
  readonly namespace?: string;
  readonly name: string;
  /** What was sent, as JSON; absent when it was left alone. */
  readonly payload?: string;
  /** Of the values that the manifest sets, and of everything but status, as stored. */
  readonly own: string;
  readonly content: string;
  /** The version that both were taken from. */
  readonly version?: string;
  /** The paths that releases owned then. */
  readonly leased: string;
}

/** Something that an action of the run found out or did. */
export type RunObservation =
  | { readonly kind: 'built'; readonly built: BuiltRevision; readonly at: Instant }
  | { readonly kind: 'inspected'; readonly stage: number; readonly inspected: readonly InspectedObject[] }
  | { readonly kind: 'merged'; readonly stage: number; readonly merged: readonly MergedObject[] }
  /** The cluster changed since it was inspected: it must be looked at again. */
  | { readonly kind: 'stale'; readonly stage: number; readonly applied?: readonly AppliedObject[] }
  | {
      readonly kind: 'applied';
      readonly stage: number;
      readonly applied: readonly AppliedObject[];
      readonly at: Instant;
    }
  | { readonly kind: 'pruned'; readonly pruned: readonly PrunedEntry[]; readonly isAccountGone?: boolean }
  | { readonly kind: 'templates'; readonly of: 'aborted' | 'stable'; readonly templates: Templates }
  | { readonly kind: 'reverted'; readonly reverts: readonly RevertOutcome[] }
  | { readonly kind: 'looked'; readonly looked: readonly InspectedObject[]; readonly at: Instant }
  | { readonly kind: 'healthKinds'; readonly healthKinds: Readonly<Record<string, Kind | null>> };

/** The memory with what was seen in its run. */
export function recordRunObservation(memory: KustomizationMemory, seen: RunObservation): KustomizationMemory {
  return memory.run === undefined ? memory : { ...memory, run: recordInRun(memory.run, seen) };
}

function recordInRun(run: KustomizationRun, seen: RunObservation): KustomizationRun {
  switch (seen.kind) {
    case 'built':
      return recordBuild(run, seen.built, seen.at);
    case 'pruned':
      return { ...run, pruned: seen.pruned, isAccountGone: seen.isAccountGone === true };
    case 'looked': {
      const fresh = new Set(seen.looked.map(({ id }) => id));
      const kept = (run.looked ?? []).filter(({ id }) => !fresh.has(id));
      return { ...run, looked: [...kept, ...seen.looked], lookedAt: seen.at };
    }
    case 'healthKinds':
      return { ...run, healthKinds: seen.healthKinds };
    case 'reverted':
      return { ...run, reverts: seen.reverts };
    case 'templates':
      return seen.of === 'stable'
        ? { ...run, stable: seen.templates }
        : { ...run, templates: seen.templates };
    case 'inspected':
      return withStage(run, seen.stage, (stage) => ({ ...stage, inspected: seen.inspected }));
    case 'merged':
      return withStage(run, seen.stage, (stage) => ({ ...stage, merged: seen.merged }));
    case 'stale':
      return withStage(run, seen.stage, (stage) => staleStage(stage, seen.applied ?? []));
    case 'applied':
      return withStage(run, seen.stage, (stage) => ({ ...stage, applied: seen.applied, appliedAt: seen.at }));
  }
}

/** What is known is forgotten, so that everything is looked at. */
function staleStage({ conflicts = 0, earlier = [] }: StageRun, applied: readonly AppliedObject[]): StageRun {
  return { conflicts: conflicts + 1, known: [], earlier: [...earlier, ...applied] };
}

function recordBuild(run: KustomizationRun, result: BuiltRevision, at: Instant): KustomizationRun {
  const failures = (run.buildFailures ?? 0) + 1;
  if (result.ok && result.isUnchanged === true) {
    return { ...run, built: result, waitsUntil: addMs(at, courtesyMs) };
  }
  if (result.ok || result.isTransient !== true || failures > maxSilentFailures)
    return { ...run, built: result };
  return { ...run, buildFailures: failures, buildAgainAt: addMs(at, 1000 * 2 ** (failures - 1)) };
}

/** The run with a stage changed. */
export function withStage(
  run: KustomizationRun,
  index: number,
  change: (stage: StageRun) => StageRun,
): KustomizationRun {
  const stages = [...run.stages];
  while (stages.length <= index) stages.push({});
  stages[index] = change(stages[index] ?? {});
  return { ...run, stages };
}
