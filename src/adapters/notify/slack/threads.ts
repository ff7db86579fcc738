/** The first message of a thread. */
export interface SlackThread {
  readonly ts: string;
  readonly channel: string;
}

const mostThreads = 1000;

/** Threads by recipient and grouping key; the oldest are forgotten. Lost with the process: then a new thread begins. */
export class SlackThreads {
  readonly #threads = new Map<string, SlackThread>();

  get(scope: string): SlackThread | undefined {
    return this.#threads.get(scope);
  }

  set(scope: string, thread: SlackThread): void {
    if (thread.ts === '') return;
    this.#threads.set(scope, thread);
    const [oldest] = this.#threads.keys();
    if (this.#threads.size > mostThreads && oldest !== undefined) this.#threads.delete(oldest);
  }
}
