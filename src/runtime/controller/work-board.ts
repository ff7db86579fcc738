import type { BackgroundWork, ReconcileKey } from './definition.js';

/** The object that a piece of work is for. */
export interface WorkOwner {
  readonly key: ReconcileKey;
  readonly uid: string;
}

/** What is under way (by the names that it was started with) and what has ended, for one object. */
export interface BoardView<Report> {
  readonly underWay: readonly string[];
  readonly reports: readonly Report[];
}

type Work<Report> = (signal: AbortSignal) => Promise<Report>;

interface Job<Report> {
  readonly owner: WorkOwner;
  readonly name: string;
  readonly work: Work<Report>;
  readonly abort: AbortController;
}

const defaultConcurrency = 30;

/**
 * Work of a controller that goes on between its passes, and what came of it that is not in a status yet. It is only a
 * cache: after a restart what was under way is begun again, and nothing that is stored counts twice, since a report is
 * dropped when it is stored.
 */
export class WorkBoard<Report> implements BackgroundWork {
  readonly #limit: number;
  readonly #waiting: Job<Report>[] = [];
  readonly #running = new Map<Job<Report>, Promise<void>>();
  readonly #reports = new Map<string, Report[]>();
  #enqueue: (key: ReconcileKey) => void = () => undefined;

  /** @param limit - how much of it runs at the same time; more wait for their turn. */
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

  /** Begins a piece of work, or lets it wait for its turn; its end asks for a pass of its owner. Work must not throw. */
  start(owner: WorkOwner, name: string, work: Work<Report>): void {
    this.#waiting.push({ owner, name, work, abort: new AbortController() });
    this.#fill();
  }

  view(uid: string): BoardView<Report> {
    const jobs = [...this.#running.keys(), ...this.#waiting].filter((job) => isLive(job, uid));
    return { underWay: jobs.map(({ name }) => name), reports: this.#reports.get(uid) ?? [] };
  }

  /** Drops the reports that are stored now; those that came in since stay. */
  acknowledge(uid: string, stored: readonly Report[]): void {
    const left = (this.#reports.get(uid) ?? []).filter((report) => !stored.includes(report));
    if (left.length === 0) this.#reports.delete(uid);
    else this.#reports.set(uid, left);
  }

  /** Ends work and forgets what becomes of them. */
  abandon(uid: string, names: readonly string[]): void {
    this.#end((job) => job.owner.uid === uid && names.includes(job.name));
  }

  /** Forgets everything of objects of this name, but for the one with that uid. */
  forget(key: ReconcileKey, keep?: string): void {
    const isGone = ({ owner }: Pick<Job<Report>, 'owner'>): boolean =>
      owner.key.namespace === key.namespace && owner.key.name === key.name && owner.uid !== keep;
    for (const job of [...this.#running.keys(), ...this.#waiting]) {
      if (isGone(job)) this.#reports.delete(job.owner.uid);
    }
    this.#end(isGone);
  }

  #end(isMeant: (job: Job<Report>) => boolean): void {
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

  async #run(job: Job<Report>): Promise<void> {
    const report = await job.work(job.abort.signal);
    this.#running.delete(job);
    if (!job.abort.signal.aborted) {
      const { uid, key } = job.owner;
      this.#reports.set(uid, [...(this.#reports.get(uid) ?? []), report]);
      this.#enqueue(key);
    }
    this.#fill();
  }
}

function isLive<Report>(job: Job<Report>, uid: string): boolean {
  return job.owner.uid === uid && !job.abort.signal.aborted;
}
