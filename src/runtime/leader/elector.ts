import { apiVersionOf, kinds } from '#api/kinds.js';
import { addMs } from '#core/time/instant.js';
import type { Clock } from '#ports/clock.js';
import { type AppError, toAppError } from '#ports/errors.js';
import type { Kube, ObjectKey } from '#ports/kube.js';
import type { Log } from '#ports/log.js';
import {
  decideBid,
  defaultElectionTimes,
  type Election,
  type ElectionTimes,
  isLeading,
  type Lease,
  observeLease,
  releasedSpec,
} from './election.js';

export interface ElectorOptions {
  /** Without the rate limit of other requests: a renewal that waits in line loses the lease. */
  readonly kube: Kube;
  readonly clock: Clock;
  readonly log: Log;
  readonly namespace: string;
  readonly name: string;
  /** Unique among candidates, for instance host name and a random part. */
  readonly identity: string;
  readonly times?: ElectionTimes;
  readonly onElected: () => void;
  /** The lease could not be renewed in time or was taken. Called once; the elector has stopped. */
  readonly onDeposed: () => void;
  /** Between 0 and 1; default Math.random. */
  readonly random?: () => number;
}

/** One candidate for a Lease: asks for it until it has it, renews it, and gives it back when it is stopped. */
export class Elector {
  readonly #options: ElectorOptions;
  readonly #times: ElectionTimes;
  readonly #key: ObjectKey;
  #election: Election = {};
  /** The lease as this process stored it last: its next renewal need not read it. */
  #held: Lease | undefined;
  #isStopped = false;
  #cancelTimer: (() => void) | undefined;
  #cancelDeadline: (() => void) | undefined;
  #attempt: Promise<void> = Promise.resolve();

  constructor(options: ElectorOptions) {
    this.#options = options;
    this.#times = options.times ?? defaultElectionTimes;
    this.#key = { kind: kinds.lease, namespace: options.namespace, name: options.name };
  }

  start(): void {
    this.#try();
  }

  /** Whether this process may write now; turns false by time alone. */
  isLeading(): boolean {
    return isLeading(this.#election, this.#options.clock.now(), this.#times);
  }

  /** Gives the lease back when it is held. A failure to do so costs the next candidate the lease's duration. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelTimer?.();
    this.#cancelDeadline?.();
    await this.#attempt;
    const held = this.isLeading();
    this.#election = {};
    if (!held) return;
    try {
      const { kube, clock, identity } = this.#options;
      const lease = await kube.get<Lease>(this.#key);
      if (lease?.spec?.holderIdentity !== identity) return;
      await kube.update(kinds.lease, { ...lease, spec: releasedSpec(lease, clock.now()) });
    } catch (thrown) {
      // The lease expires by itself.
      this.#options.log.info('lease not given back', { error: toAppError(thrown).message });
    }
  }

  #try(): void {
    this.#attempt = this.#bid()
      .catch((thrown: unknown) => this.#failed(toAppError(thrown)))
      .then(() => this.#next());
  }

  #next(): void {
    if (this.#isStopped) return;
    const { clock, random = Math.random } = this.#options;
    // Candidates spread out; a leader keeps its pace.
    const jitterMs = this.isLeading() ? 0 : random() * this.#times.retryPeriodMs * 0.2;
    this.#cancelTimer = clock.schedule(addMs(clock.now(), this.#times.retryPeriodMs + jitterMs), () =>
      this.#try(),
    );
  }

  async #bid(): Promise<void> {
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined && this.isLeading()) {
      try {
        await this.#bidFor(held);
        return;
      } catch (thrown) {
        // Somebody wrote it, or nobody answered: what is there now decides.
        this.#failed(toAppError(thrown));
      }
    }
    await this.#bidFor(await this.#options.kube.get<Lease>(this.#key));
  }

  /** Writes the lease as it is known when it is there to be had; a stale one is a Conflict. */
  async #bidFor(lease: Lease | undefined): Promise<void> {
    const { clock, identity } = this.#options;
    // Counted from before the write: the server's copy is never older than that.
    const now = clock.now();
    this.#election = observeLease(this.#election, lease, now);
    const bid = decideBid(this.#election, lease, identity, now, this.#times);
    if (bid.do === 'wait') {
      if (this.#election.renewedAt !== undefined) this.#depose(`taken by ${bid.holder}`);
      return;
    }
    this.#held = await this.#store(lease, bid.spec);
    this.#renewed(now);
  }

  #store(lease: Lease | undefined, spec: NonNullable<Lease['spec']>): Promise<Lease> {
    const { kube, namespace, name } = this.#options;
    if (lease !== undefined) return kube.update<Lease>(kinds.lease, { ...lease, spec });
    const type = { apiVersion: apiVersionOf(kinds.lease), kind: kinds.lease.kind };
    return kube.create<Lease>(kinds.lease, { ...type, metadata: { namespace, name }, spec });
  }

  #renewed(at: ReturnType<Clock['now']>): void {
    const { clock, log, onElected, identity } = this.#options;
    const wasLeading = this.#election.renewedAt !== undefined;
    // An answer that took longer than the deadline is worth nothing any more.
    if (this.#isStopped || clock.now() >= addMs(at, this.#times.renewDeadlineMs)) return;
    this.#election = { ...this.#election, renewedAt: at };
    this.#cancelDeadline?.();
    this.#cancelDeadline = clock.schedule(addMs(at, this.#times.renewDeadlineMs), () =>
      this.#depose('not renewed in time'),
    );
    if (wasLeading) return;
    log.info('became the leader', { identity });
    onElected();
  }

  #failed(error: AppError): void {
    const isLost = error.class === 'Conflict';
    this.#options.log[isLost ? 'debug' : 'warn']('lease request failed', { error: error.message });
  }

  #depose(reason: string): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#cancelTimer?.();
    this.#cancelDeadline?.();
    this.#election = {};
    this.#options.log.error('leadership lost', { reason });
    this.#options.onDeposed();
  }
}
