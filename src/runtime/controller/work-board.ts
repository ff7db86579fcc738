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
  readonly lane: string;
  readonly abort: AbortController;
}

const defaultConcurrency = 30;
/** Of each lane beside the common one. */
const laneConcurrency = 8;

/**
 * Work of a controller that goes on between its passes, and what came of it that is not in a status yet. It is only a
 * cache: after a restart what was under way is begun again, and nothing that is stored counts twice, since a report is
 * dropped when it is stored.
 */
export class WorkBoard<Report> implements BackgroundWork {
  readonly #limit: number;
  readonly #waiting: Job<Report>[] = [];
  readonly #running = new Map<Job<Report>, Promise<void>>();
  readonly #reports = new Map<string, { readonly owner: WorkOwner; readonly list: readonly Report[] }>();
  #enqueue: (key: ReconcileKey) => void = () => undefined;

  /** @param limit - how much of it runs at the same time in the common lane; more wait for their turn. */
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

  /**
   * Begins a piece of work, or lets it wait for its turn; its end asks for a pass of its owner. Work must not throw.
   * @param lane - work that may hang waits in a lane of its own, where it holds up nothing else; default the common one.
   */
  start(owner: WorkOwner, name: string, work: Work<Report>, lane = ''): void {
    this.#waiting.push({ owner, name, work, lane, abort: new AbortController() });
    this.#fill();
  }

  view(uid: string): BoardView<Report> {
    const jobs = [...this.#running.keys(), ...this.#waiting].filter((job) => isLive(job, uid));
    return { underWay: jobs.map(({ name }) => name), reports: this.#reports.get(uid)?.list ?? [] };
  }

  /** Drops the reports that are stored now; those that came in since stay. */
  acknowledge(uid: string, stored: readonly Report[]): void {
    const known = this.#reports.get(uid);
    if (known === undefined) return;
    const list = known.list.filter((report) => !stored.includes(report));
    if (list.length === 0) this.#reports.delete(uid);
    else this.#reports.set(uid, { ...known, list });
  }

  /** Ends work and forgets what becomes of them. */
  abandon(uid: string, names: readonly string[]): void {
    this.#end((job) => job.owner.uid === uid && names.includes(job.name));
  }

  /** Forgets everything of objects of this name, but for the one with that uid. */
  forget(key: ReconcileKey, keep?: string): void {
    const isGone = (owner: WorkOwner): boolean =>
      owner.key.namespace === key.namespace && owner.key.name === key.name && owner.uid !== keep;
    for (const [uid, { owner }] of this.#reports) if (isGone(owner)) this.#reports.delete(uid);
    this.#end(({ owner }) => isGone(owner));
  }

  #end(isMeant: (job: Job<Report>) => boolean): void {
    const kept = this.#waiting.filter((job) => !isMeant(job));
    this.#waiting.splice(0, this.#waiting.length, ...kept);
    for (const job of this.#running.keys()) if (isMeant(job)) job.abort.abort();
  }

  #fill(): void {
    for (const job of this.#waiting.slice()) {
      if (!this.#hasRoom(job.lane)) continue;
      this.#waiting.splice(this.#waiting.indexOf(job), 1);
      this.#running.set(job, this.#run(job));
    }
  }

  #hasRoom(lane: string): boolean {
    let running = 0;
    for (const job of this.#running.keys()) if (job.lane === lane) running += 1;
    return running < (lane === '' ? this.#limit : laneConcurrency);
  }

  async #run(job: Job<Report>): Promise<void> {
    const report = await job.work(job.abort.signal);
    this.#running.delete(job);
    if (!job.abort.signal.aborted) {
      const { owner } = job;
      const known = this.#reports.get(owner.uid)?.list ?? [];
      this.#reports.set(owner.uid, { owner, list: [...known, report] });
      this.#enqueue(owner.key);
    }
    this.#fill();
  }
}

function isLive<Report>(job: Job<Report>, uid: string): boolean {
  return job.owner.uid === uid && !job.abort.signal.aborted;
}
