import type { Answer } from './load.js';

const windowMs = 3000;

/** Counts of what became of the requests to one host. */
export interface HostTotals {
  readonly host: string;
  readonly sent: number;
  readonly ok: number;
  readonly failed: number;
  readonly dropped: number;
}

/** Keeps account of every answer of the load generator. */
export class Ledger {
  readonly #hosts = new Map<string, { sent: number; ok: number; failed: number; dropped: number }>();
  readonly #users = new Map<string, Set<number>>();
  readonly #harmed = new Map<string, Set<number>>();
  readonly #last = new Map<string, number>();
  readonly #reasons = new Map<string, number>();
  #recent: Answer[] = [];

  add(answer: Answer): void {
    const totals = this.#hosts.get(answer.host) ?? { sent: 0, ok: 0, failed: 0, dropped: 0 };
    totals.sent++;
    totals[answer.outcome]++;
    this.#hosts.set(answer.host, totals);
    if (answer.outcome === 'dropped') this.#count(answer.reason ?? 'unknown');
    if (answer.version !== undefined) {
      put(this.#users, answer.version, answer.user);
      if (answer.outcome === 'failed') put(this.#harmed, answer.version, answer.user);
      const key = `${answer.host} ${answer.version}`;
      this.#last.set(key, Math.max(answer.sentAt, this.#last.get(key) ?? 0));
    }
    this.#recent.push(answer);
  }

  totals(): readonly HostTotals[] {
    return [...this.#hosts].map(([host, totals]) => ({ host, ...totals }));
  }

  /** Share of each version among the answers of the last three seconds, 0 to 1. */
  shares(host: string, now: number): ReadonlyMap<string, number> {
    this.#recent = this.#recent.filter((answer) => answer.sentAt > now - windowMs);
    const answered = this.#recent.filter((answer) => answer.host === host && answer.version !== undefined);
    const counts = new Map<string, number>();
    for (const { version = '' } of answered) counts.set(version, (counts.get(version) ?? 0) + 1);
    return new Map([...counts].map(([version, count]) => [version, count / answered.length]));
  }

  /** When a request that this version answered was sent last. */
  lastAnswer(host: string, version: string): number | undefined {
    return this.#last.get(`${host} ${version}`);
  }

  /** Distinct users that met a version, and those of them that got an error from it. */
  exposure(version: string): { readonly users: number; readonly harmed: number } {
    return { users: this.#users.get(version)?.size ?? 0, harmed: this.#harmed.get(version)?.size ?? 0 };
  }

  /** Why requests were dropped, with counts. */
  dropReasons(): readonly (readonly [reason: string, count: number])[] {
    return [...this.#reasons];
  }

  #count(reason: string): void {
    this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + 1);
  }
}

function put(sets: Map<string, Set<number>>, key: string, value: number): void {
  const set = sets.get(key) ?? new Set();
  set.add(value);
  sets.set(key, set);
}
