import { createHttpClient } from '#adapters/metrics/http/call.js';
import { metricSources } from '#adapters/metrics/index.js';
import { measure, type MeasureDeps } from '#controllers/analysis-run/measure.js';
import type { Gate } from '#core/gate-trial/gate.js';
import type { Release } from '#core/gate-trial/releases.js';
import { playTrial, type Trial, type TrialAsk } from '#core/gate-trial/trial.js';
import { addMs, type Instant } from '#core/time/instant.js';
import type { Clock } from '#ports/clock.js';
import { ExitWith } from '../../../command.js';
import type { Io } from '../../../io.js';
import { noCluster, trialCluster } from '../cluster.js';
import { quietLog } from '../live.js';
import { pastHttp } from './past-http.js';

/** Plays gates at moments of the past. */
export interface Past {
  /** The gate at a release, stopped at its end, or after `runForMs`. */
  play(gate: Gate, release: Release, runForMs: number): Promise<Trial>;
}

/** The past as the Prometheus of the gates remembers it. */
export function openPast(io: Io): Past {
  const http = createHttpClient({ env: io.env });
  return {
    play: async (gate, release, runForMs) => {
      const stopAt = release.until ?? addMs(release.at, runForMs);
      const clock = pastClock(release.at);
      const sources = metricSources({ clock, env: io.env, http: pastHttp(http, () => stopAt) });
      const { kube } = trialCluster(noCluster(), gate.secrets);
      const deps: MeasureDeps = { kube, clock, log: quietLog, sources };
      const metadata = { ...gate.run.metadata, namespace: gate.run.metadata.namespace ?? 'default' };
      const play = playTrial({ ...gate.run, metadata }, release.at, { stopAt });
      let turn = play.next([]);
      while (turn.done !== true) {
        if (io.interrupted.aborted) throw new ExitWith(130);
        const { asks } = turn.value;
        clock.set(asks[0]?.at ?? clock.now());
        const finished = await Promise.all(asks.map((ask) => take(deps, ask, io.interrupted)));
        turn = play.next(finished.map((one) => ({ finished: one })));
      }
      return turn.value;
    },
  };
}

function take(
  deps: MeasureDeps,
  { mode, name, unresolved, run, earlier, dueAt }: TrialAsk,
  signal: AbortSignal,
) {
  const order = {
    mode,
    name,
    metric: unresolved,
    run,
    ...(earlier === undefined ? {} : { earlier }),
    ...(dueAt === undefined ? {} : { dueAt }),
  };
  return measure(deps, order, signal);
}

/** A clock that stands where it was set. */
function pastClock(begin: Instant): Clock & { set(at: Instant): void } {
  let now = begin;
  return { now: () => now, schedule: () => () => undefined, set: (at) => void (now = at) };
}
