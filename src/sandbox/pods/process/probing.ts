import type { Container, Probe } from '#api/k8s/core-kinds.js';
import { askProbe, type ProbeAddress } from './probe.js';

/** Asks a container's probe again and again, until it is stopped. */
export class Probing {
  readonly #probe: Probe;
  readonly #ask: () => Promise<boolean>;
  readonly #tell: (isGood: boolean) => void;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;
  #isGood: boolean;
  #hasSucceeded = false;
  #inARow = 0;

  /**
   * @param isGoodFirst - what is taken for true before the first answer.
   * @param tell - called when the answer changes, thresholds counted.
   */
  constructor(
    probe: Probe,
    container: Container,
    at: ProbeAddress,
    isGoodFirst: boolean,
    tell: (isGood: boolean) => void,
  ) {
    this.#probe = probe;
    this.#ask = () => askProbe(probe, container, at);
    this.#isGood = isGoodFirst;
    this.#tell = tell;
    this.#later((probe.initialDelaySeconds ?? 0) * 1000 + firstDelayMs);
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #later(ms: number): void {
    this.#timer = setTimeout(() => void this.#once(), ms);
    this.#timer.unref();
  }

  async #once(): Promise<void> {
    const answer = await this.#ask();
    if (this.#isStopped) return;
    this.#count(answer);
    const periodMs = (this.#probe.periodSeconds ?? 10) * 1000;
    this.#later(this.#hasSucceeded ? periodMs : Math.min(periodMs, eagerPeriodMs));
  }

  #count(answer: boolean): void {
    this.#hasSucceeded ||= answer;
    this.#inARow = answer === this.#isGood ? 0 : this.#inARow + 1;
    const needed = answer ? (this.#probe.successThreshold ?? 1) : (this.#probe.failureThreshold ?? 3);
    if (this.#inARow < needed) return;
    this.#isGood = answer;
    this.#inARow = 0;
    this.#tell(answer);
  }
}

/** A process needs a moment to listen. */
const firstDelayMs = 50;
/** Until it answered for the first time a container is asked this often, whatever its period: nobody gains by waiting. */
const eagerPeriodMs = 250;
