import type { KubeObject } from '#api/k8s/meta.js';
import { fluxEventOf, type FluxEvent } from '#core/alert/flux-event.js';
import type { Clock } from '#ports/clock.js';
import type { EventRecorder } from '#ports/event-recorder.js';

/** Hears the events of the controllers of this process. */
export type EventSink = (event: FluxEvent, object: KubeObject) => void;

/** What a controller is called in events, as in the peer. */
export interface TapOptions {
  readonly controller: string;
  readonly instance: string;
  readonly clock: Clock;
}

/** The same recorder, which tells a sink of every event that is a notification too. */
export function tapped(
  events: EventRecorder,
  sink: EventSink,
  { controller, instance, clock }: TapOptions,
): EventRecorder {
  return {
    record: (object, records) => {
      events.record(object, records);
      for (const record of records) {
        const event = fluxEventOf(object, record, { controller, instance, now: clock.now() });
        if (event !== undefined) sink(event, object);
      }
    },
  };
}
