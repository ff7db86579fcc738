import type { AnalysisAction } from '#core/analysis/decide.js';
import type { Pace } from '#core/analysis/run/pace.js';
import type { FinishedMeasurement } from '#core/analysis/run/record.js';
import type { Instant } from '#core/time/instant.js';
import type { ReconcileKey } from '#runtime/controller/definition.js';

/** What this process knows of a run beside its status; to lose it costs a second of accuracy, never correctness. */
export interface RunMemory {
  readonly uid: string;
  /** When the last measurement of each metric was due and ended. */
  readonly paces: Map<string, Pace>;
  /** In which pass the measurement of each metric began. */
  readonly begun: Map<string, Instant>;
  /** When the run began, if it was this process that began it. */
  startedAt?: Instant;
  /** When this process last stored a status. */
  lastStoredAt?: Instant;
}

/** The memories of all runs that are not gone. */
export class RunMemories {
  readonly #memories = new Map<string, RunMemory>();

  /** The memory of a run; a run of another uid under the same name begins with an empty one. */
  of({ namespace = '', name }: ReconcileKey, uid: string): RunMemory {
    const key = `${namespace}/${name}`;
    const known = this.#memories.get(key);
    if (known?.uid === uid) return known;
    const fresh = emptyMemory(uid);
    this.#memories.set(key, fresh);
    return fresh;
  }

  forget({ namespace = '', name }: ReconcileKey): void {
    this.#memories.delete(`${namespace}/${name}`);
  }
}

/** The memory of a run of which nothing is to be kept. */
export function emptyMemory(uid: string): RunMemory {
  return { uid, paces: new Map(), begun: new Map() };
}

/** Notes what a pass that began at `now` has begun to measure. */
export function noteBegun(memory: RunMemory, actions: readonly AnalysisAction[], now: Instant): void {
  for (const action of actions) {
    if (action.kind === 'measure' || action.kind === 'resumeMeasurement') memory.begun.set(action.name, now);
  }
}

/** Notes when measurements that are stored now were due and ended. */
export function notePaces(memory: RunMemory, stored: readonly FinishedMeasurement[]): void {
  for (const { metric, pace } of stored) if (pace !== undefined) memory.paces.set(metric, pace);
}
