import { metricSources } from '#adapters/metrics/index.js';
import { measure } from '#controllers/analysis-run/measure.js';
import type { Gate } from '#core/gate-trial/gate.js';
import { prometheusIn } from '#core/gate-trial/redirect.js';
import { ExitWith } from '../../../command.js';
import type { Io } from '../../../io.js';
import { noCluster, trialCluster, whyCluster } from '../cluster.js';
import { quietLog } from '../live.js';

/** Ends the command when the Prometheus of a gate cannot be asked at all: that is no verdict on any release. */
export async function probe(io: Io, gate: Gate): Promise<void> {
  const reason = whyCluster(gate.run, gate.secrets);
  if (reason !== undefined) throw new ExitWith(1, `${gate.subject}: ${reason}: give its value by --arg`);
  const { kube } = trialCluster(noCluster(), gate.secrets);
  const deps = {
    kube,
    clock: io.clock,
    log: quietLog,
    sources: metricSources({ clock: io.clock, env: io.env }),
  };
  for (const metric of gate.run.spec.metrics) {
    const prometheus = prometheusIn(metric);
    if (prometheus === undefined) continue;
    const provider = { prometheus: { ...prometheus, query: 'vector(1)' } };
    const asked = { name: metric.name, provider };
    const { measurement } = await measure(
      deps,
      { run: gate.run, name: metric.name, metric: asked, mode: 'start' },
      io.interrupted,
    );
    if (measurement.phase === 'Successful') continue;
    const where = prometheus.address ?? '';
    const hint = 'is the address right from here? --prometheus URL says another one';
    throw new ExitWith(
      1,
      `metric "${metric.name}": ${where}: ${measurement.message ?? 'no answer'}; ${hint}`,
    );
  }
}
