import { Gauge, Histogram, type Registry } from 'prom-client';
import type { ReleaseDuration } from '#core/metrics-view/release-duration.js';
import { countRequests, type CountRequest } from './api-requests.js';
import { ObjectSeries, type SeriesObject } from './object-series.js';

/** What a kind of objects is called in the names of metrics. */
export type MetricSubject = 'rollout' | 'analysis_run' | 'experiment';

/** The counters and histograms of the peer, by its names. */
export interface PeerMetrics {
  /** One pass of an object. */
  reconciled(subject: MetricSubject, of: SeriesObject, ms: number, isFailed: boolean): void;
  /** An event about a Rollout. */
  rolloutEvent(of: SeriesObject, type: string, reason: string): void;
  releaseEnded(duration: ReleaseDuration): void;
  readonly notifications: NotificationCounts;
  readonly request: CountRequest;
  /** Drops what belongs to objects that are not there any more; called before a scrape is answered. */
  forget(isThere: (subject: MetricSubject, of: SeriesObject) => boolean): void;
}

/** What is counted of notifications about a Rollout; `type` is the service's, `reason` the trigger. */
export interface NotificationCounts {
  /** One attempt. */
  sent(namespace: string, name: string, seconds: number): void;
  succeeded(namespace: string, name: string, type: string, reason: string): void;
  failed(namespace: string, name: string, type: string, reason: string): void;
}

const passBuckets = [0.01, 0.15, 0.25, 0.5, 1];

const subjects: readonly (readonly [MetricSubject, help: string, helpOfErrors: string])[] = [
  ['rollout', 'Rollout reconciliation performance.', 'Error occurring during the rollout'],
  ['analysis_run', 'Analysis Run reconciliation performance.', 'Error occurring during the analysis run'],
  ['experiment', 'Experiments reconciliation performance.', 'Error occurring during the experiment'],
];

/** Registers the series of the peer's controllers, under its names, help texts and buckets. */
export function createPeerMetrics(registry: Registry, version: string): PeerMetrics {
  addBuildInfo(registry, version);
  const series = new Map(subjects.map(([subject]) => [subject, new ObjectSeries(registry)]));
  const passes = new Map(
    subjects.map(([subject, help, helpOfErrors]) => {
      const own = series.get(subject) ?? new ObjectSeries(registry);
      const observe = own.histogram(`${subject}_reconcile`, help, passBuckets);
      return [subject, { observe, fail: own.counter(`${subject}_reconcile_error`, helpOfErrors) }] as const;
    }),
  );
  const ofRollouts = series.get('rollout') ?? new ObjectSeries(registry);
  const labels = ['type', 'reason'];
  const events = ofRollouts.counter('rollout_events_total', 'Count of rollout events', labels);
  const sends = ofRollouts.histogram('notification_send', 'Notification send performance.', passBuckets);
  const sent = ofRollouts.counter('notification_send_success', 'Notification send success.', labels);
  const unsent = ofRollouts.counter('notification_send_error', 'Error sending the notification', labels);
  return {
    request: countRequests(registry),
    releaseEnded: releaseDurations(registry),
    reconciled(subject, of, ms, isFailed) {
      passes.get(subject)?.observe(of, ms / 1000);
      if (isFailed) passes.get(subject)?.fail(of);
    },
    rolloutEvent: (of, type, reason) => events(of, { type, reason }),
    notifications: {
      sent: (namespace, name, seconds) => sends({ namespace, name }, seconds),
      succeeded: (namespace, name, type, reason) => sent({ namespace, name }, { type, reason }),
      failed: (namespace, name, type, reason) => unsent({ namespace, name }, { type, reason }),
    },
    forget(isThere) {
      for (const [subject, own] of series) own.forget((of) => isThere(subject, of));
    },
  };
}

function addBuildInfo(registry: Registry, version: string): void {
  const registers = [registry];
  const help = 'Running Argo-rollouts version';
  new Gauge({ name: 'argo_rollouts_controller_info', help, labelNames: ['version'], registers }).set(
    { version },
    1,
  );
  new Gauge({
    name: 'build_info',
    help: "A metric with a constant '1' value labeled by version from which the program was built.",
    labelNames: ['version', 'goversion', 'goarch', 'commit'],
    registers,
  }).set({ version, goversion: `node${process.versions.node}`, goarch: process.arch, commit: '' }, 1);
}

function releaseDurations(registry: Registry): PeerMetrics['releaseEnded'] {
  const seconds = (name: string, help: string, buckets: number[]) =>
    new Histogram({ name, help, buckets, labelNames: ['status'], registers: [registry] });
  const total = seconds(
    'rollout_duration_seconds',
    'Total wall-clock time for a rollout from start to completion/abort/supersede',
    [30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 28_800],
  );
  const progression = seconds(
    'rollout_progression_duration_seconds',
    'Active progression time for a rollout (excluding manual pause time)',
    [30, 60, 120, 300, 600, 900, 1800, 3600],
  );
  const manualPause = seconds(
    'rollout_manual_pause_duration_seconds',
    'Time spent in manual pause waiting for human intervention',
    [0, 60, 300, 600, 1800, 3600, 7200, 14_400, 28_800],
  );
  return (ended) => {
    const { status } = ended;
    total.observe({ status }, ended.total);
    progression.observe({ status }, ended.progression);
    manualPause.observe({ status }, ended.manualPause);
  };
}
