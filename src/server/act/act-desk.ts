import type { Clock } from '#ports/clock.js';
import type { ActOutcome } from './outcome.js';

const windowMs = 60_000;
const maxActs = 20;
const maxRemembered = 1000;

/** Answers one request once however often it is sent, and holds back a session that acts too often. */
export class ActDesk {
  readonly #clock: Clock;
  readonly #answers = new Map<string, Promise<ActOutcome>>();
  readonly #times = new Map<string, readonly number[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `undefined`: too many acts in the last minute. */
  handle(
    session: string,
    requestId: string,
    run: () => Promise<ActOutcome>,
  ): Promise<ActOutcome> | undefined {
    const key = `${session} ${requestId}`;
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    if (!this.#admit(session)) return undefined;
    const answer = run();
    // A failure may be tried again under the same id.
    answer.catch(() => this.#answers.delete(key));
    const oldest = this.#answers.keys().next();
    if (this.#answers.size >= maxRemembered && oldest.done !== true) this.#answers.delete(oldest.value);
    this.#answers.set(key, answer);
    return answer;
  }

  #admit(session: string): boolean {
    const now = this.#clock.now();
    const recent = (this.#times.get(session) ?? []).filter((at) => now - at < windowMs);
    if (recent.length >= maxActs) return false;
    if (this.#times.size >= maxRemembered) this.#times.clear();
    this.#times.set(session, [...recent, now]);
    return true;
  }
}
