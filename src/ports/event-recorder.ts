import type { KubeObject } from '#api/k8s/meta.js';
import type { EventRecord } from '#core/decision/decision.js';

/**
 * Kubernetes events about objects. Never throws and never waits: events are written in the background, in order per
 * object, equal ones counted up instead of repeated, and dropped rather than queued without bound.
 */
export interface EventRecorder {
  record(object: KubeObject, events: readonly EventRecord[]): void;
}
