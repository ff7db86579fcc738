import type { FinishedMeasurement } from '#core/analysis/record.js';
import type { BackgroundWork, ReconcileKey } from '#runtime/controller/definition.js';

/** What came of one measurement. `unresolved`: its arguments cannot be had, which ends the run. */
export type MeasurementReport =
  | { readonly kind: 'finished'; readonly finished: FinishedMeasurement }
  | { readonly kind: 'unresolved'; readonly message: string };

/** The run that a measurement is for. */
export interface RunIdentity {
  readonly key: ReconcileKey;
  readonly uid: string;
}

/** What is under way and what has ended of one run. */
export interface BoardView {
  readonly measuring: readonly string[];
  readonly reports: readonly MeasurementReport[];
}

type Work = (signal: AbortSignal) => Promise<MeasurementReport>;

interface Job {
  readonly run: RunIdentity;
  readonly metric: string;
  readonly work: Work;
  readonly abort: AbortController;
}

const defaultConcurrency = 30;

/**
 * Measurements under way and those that are not in a status yet. It is only a cache: after a restart what was under way
 * is measured again, and nothing that is stored was counted twice, since a report is dropped when it is stored.
 */
export class MeasurementBoard implements BackgroundWork {
  readonly #limit: number;
  readonly #waiting: Job[] = [];
  readonly #running = new Map<Job, Promise<void>>();
  readonly #reports = new Map<string, MeasurementReport[]>();
  #enqueue: (key: ReconcileKey) => void = () => undefined;

  /** @param limit - how many measurements run at the same time; more wait for their turn. */
  constructor(limit = defaultConcurrency) {
    this.#limit = limit;
  }

  subscribe(enqueue: (key: ReconcileKey) => void): () => void {
    this.#enqueue = enqueue;
    return () => {
      this.#enqueue = () => undefined;
      this.#waiting.length = 0;
      for (const job of this.#running.keys()) job.abort.abort();
    };
  }

  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  /** Begins a measurement, or lets it wait for its turn; its end asks for a pass of the run. */
  start(run: RunIdentity, metric: string, work: Work): void {
    this.#waiting.push({ run, metric, work, abort: new AbortController() });
    this.#fill();
  }

  view(uid: string): BoardView {
    const jobs = [...this.#running.keys(), ...this.#waiting].filter((job) => isLive(job, uid));
    return { measuring: jobs.map(({ metric }) => metric), reports: this.#reports.get(uid) ?? [] };
  }

  /** Drops the reports that are stored now; those that came in since stay. */
  acknowledge(uid: string, stored: readonly MeasurementReport[]): void {
    const left = (this.#reports.get(uid) ?? []).filter((report) => !stored.includes(report));
    if (left.length === 0) this.#reports.delete(uid);
    else this.#reports.set(uid, left);
  }

  /** Ends measurements and forgets what becomes of them. */
  abandon(uid: string, metrics: readonly string[]): void {
    this.#end((job) => job.run.uid === uid && metrics.includes(job.metric));
  }

  /** Forgets everything of runs of this name, but for the one with that uid. */
  forget(key: ReconcileKey, keep?: string): void {
    const isGone = ({ run }: Pick<Job, 'run'>): boolean =>
      run.key.namespace === key.namespace && run.key.name === key.name && run.uid !== keep;
    for (const job of [...this.#running.keys(), ...this.#waiting]) {
      if (isGone(job)) this.#reports.delete(job.run.uid);
    }
    this.#end(isGone);
  }

  #end(isMeant: (job: Job) => boolean): void {
    const kept = this.#waiting.filter((job) => !isMeant(job));
    this.#waiting.splice(0, this.#waiting.length, ...kept);
    for (const job of this.#running.keys()) if (isMeant(job)) job.abort.abort();
  }

  #fill(): void {
    while (this.#running.size < this.#limit) {
      const job = this.#waiting.shift();
      if (job === undefined) return;
      this.#running.set(job, this.#run(job));
    }
  }

  async #run(job: Job): Promise<void> {
    const report = await job.work(job.abort.signal);
    this.#running.delete(job);
    if (!job.abort.signal.aborted) {
      const { uid, key } = job.run;
      this.#reports.set(uid, [...(this.#reports.get(uid) ?? []), report]);
      this.#enqueue(key);
    }
    this.#fill();
  }
}

function isLive(job: Job, uid: string): boolean {
  return job.run.uid === uid && !job.abort.signal.aborted;
}
