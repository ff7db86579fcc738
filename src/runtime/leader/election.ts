import { formatMicroInstant, addMs, type Instant } from '#core/time/instant.js';
import type { KubeObject } from '#api/k8s/meta.js';

/** A Lease as Kubernetes stores it. */
export interface Lease extends KubeObject {
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly acquireTime?: string;
    readonly renewTime?: string;
    readonly leaseTransitions?: number;
  };
}

export interface ElectionTimes {
  /** A lease that has not been renewed for this long may be taken. */
  readonly leaseDurationMs: number;
  /** A leader that could not renew for this long has to stop. */
  readonly renewDeadlineMs: number;
  readonly retryPeriodMs: number;
}

export const defaultElectionTimes: ElectionTimes = {
  leaseDurationMs: 15_000,
  renewDeadlineMs: 10_000,
  retryPeriodMs: 2000,
};

/** What one candidate knows of the election. */
export interface Election {
  /** The record that was seen last and when it was first seen; other clocks are not trusted. */
  readonly observed?: { readonly record: string; readonly at: Instant };
  /** Leading, and the moment before the last renewal that succeeded was sent. */
  readonly renewedAt?: Instant;
}

/** What to write now: a new lease, this lease, or nothing because another candidate holds it. */
export type Bid =
  | { readonly do: 'create'; readonly spec: NonNullable<Lease['spec']> }
  | { readonly do: 'update'; readonly spec: NonNullable<Lease['spec']> }
  | { readonly do: 'wait'; readonly holder: string };

/** Takes in the lease as read; a record that changes restarts its time. */
export function observeLease(election: Election, lease: Lease | undefined, now: Instant): Election {
  const record = JSON.stringify(lease?.spec ?? null);
  if (election.observed?.record === record) return election;
  return { ...election, observed: { record, at: now } };
}

/** What a candidate does about the lease that it has just observed. */
export function decideBid(
  election: Election,
  lease: Lease | undefined,
  identity: string,
  now: Instant,
  times: ElectionTimes,
): Bid {
  const time = formatMicroInstant(now);
  const leaseDurationSeconds = Math.round(times.leaseDurationMs / 1000);
  const fresh = { holderIdentity: identity, leaseDurationSeconds, renewTime: time };
  if (lease === undefined)
    return { do: 'create', spec: { ...fresh, acquireTime: time, leaseTransitions: 0 } };
  const holder = lease.spec?.holderIdentity ?? '';
  if (holder === identity) return { do: 'update', spec: { ...lease.spec, ...fresh } };
  if (holder !== '' && !hasExpired(election, lease, now, times)) return { do: 'wait', holder };
  const leaseTransitions = (lease.spec?.leaseTransitions ?? 0) + 1;
  return { do: 'update', spec: { ...fresh, acquireTime: time, leaseTransitions } };
}

/** The lease given back, so that the next candidate need not wait for it to expire. */
export function releasedSpec(lease: Lease, now: Instant): NonNullable<Lease['spec']> {
  const time = formatMicroInstant(now);
  const { leaseTransitions } = lease.spec ?? {};
  return {
    holderIdentity: '',
    leaseDurationSeconds: 1,
    acquireTime: time,
    renewTime: time,
    ...(leaseTransitions === undefined ? {} : { leaseTransitions }),
  };
}

/**
 * Whether a leader may still write. It stops at the renew deadline: the rest of the lease's duration is the margin for
 * clocks that run at different speeds and for a write that is on its way.
 */
export function isLeading(election: Election, now: Instant, times: ElectionTimes): boolean {
  return election.renewedAt !== undefined && now < addMs(election.renewedAt, times.renewDeadlineMs);
}

function hasExpired(election: Election, lease: Lease, now: Instant, times: ElectionTimes): boolean {
  if (election.observed === undefined) return false;
  const ownMs = (lease.spec?.leaseDurationSeconds ?? 0) * 1000;
  return now >= addMs(election.observed.at, Math.max(ownMs, times.leaseDurationMs));
}
