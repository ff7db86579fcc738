import { addMs } from '#core/time/instant.js';
import type { Clock } from '#ports/clock.js';
import type { Informer } from '../informer/informer.js';

/** A definition is told before its kind is served: it is looked for this long after, too. */
const looksMs = [0, 1000, 3000, 10_000];
const pollMs = 60_000;

/** Kinds that were not served: looks for them when a definition of theirs changes, never by polling. */
export class AbsentKinds {
  readonly #clock: Clock;
  readonly #informers: Informer[] = [];
  readonly #cancels = new Set<() => void>();
  #isPolling = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  follow(informer: Informer): void {
    this.#informers.push(informer);
  }

  /** A CustomResourceDefinition of this name has been created or changed. */
  definitionChanged(name: string): void {
    const concerned = this.#informers.filter(({ kind }) => `${kind.plural}.${kind.group}` === name);
    if (!concerned.some((informer) => informer.isMissing())) return;
    for (const ms of looksMs) this.#in(ms, () => look(concerned));
  }

  /** Definitions may not be watched: looks once a minute instead. */
  pollInstead(): void {
    if (this.#isPolling) return;
    this.#isPolling = true;
    const poll = () => {
      look(this.#informers);
      this.#in(pollMs, poll);
    };
    this.#in(pollMs, poll);
  }

  stop(): void {
    for (const cancel of this.#cancels) cancel();
    this.#cancels.clear();
  }

  #in(ms: number, callback: () => void): void {
    const cancel = this.#clock.schedule(addMs(this.#clock.now(), ms), () => {
      this.#cancels.delete(cancel);
      callback();
    });
    this.#cancels.add(cancel);
  }
}

function look(informers: readonly Informer[]): void {
  for (const informer of informers) if (informer.isMissing()) informer.retryAbsent();
}
