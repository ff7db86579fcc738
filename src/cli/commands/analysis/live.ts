import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import { metricSources } from '#adapters/metrics/index.js';
import type { MeasureDeps } from '#controllers/analysis-run/measure.js';
import type { Gate } from '#core/gate-trial/gate.js';
import { AppError, toAppError } from '#ports/errors.js';
import type { Log } from '#ports/log.js';
import { targetOf } from '../../command.js';
import type { Connection, Io } from '../../io.js';
import { noCluster, readWholeSecret, trialCluster, whyCluster } from './cluster.js';

/** A gate that is to be measured against its real sources. */
export interface LiveGate {
  readonly run: AnalysisRun;
  readonly deps: MeasureDeps;
}

/** Where sources keep their credentials, when nothing else is said. */
export const defaultControllerNamespace = 'argo-rollouts';

interface LiveOptions {
  readonly gate: Gate;
  readonly controllerNamespace: string;
}

/** Gives `work` the gate with its sources; the cluster is only connected to when the gate needs it. */
export async function withSources<T>(
  io: Io,
  command: Command,
  { gate, controllerNamespace }: LiveOptions,
  work: (live: LiveGate) => Promise<T>,
): Promise<T> {
  const reason = whyCluster(gate.run, gate.secrets);
  const connection = reason === undefined ? undefined : await connect(io, command, reason);
  const cluster = trialCluster(connection?.kube ?? noCluster(), gate.secrets);
  const namespace = connection?.namespace ?? gate.run.metadata.namespace ?? 'default';
  const metadata = { ...gate.run.metadata, namespace, uid: randomUUID() };
  const readSecret = (name: string) => readWholeSecret(cluster.kube, controllerNamespace, name);
  const sources = metricSources({
    clock: io.clock,
    env: io.env,
    readSecret,
    ...(connection === undefined ? {} : { kube: cluster.kube }),
  });
  try {
    const deps = { kube: cluster.kube, clock: io.clock, log: quietLog, sources };
    return await work({ run: { ...gate.run, metadata }, deps });
  } finally {
    await cluster.cleanUp();
    await connection?.close();
  }
}

async function connect(io: Io, command: Command, reason: string): Promise<Connection> {
  try {
    return await io.connect(targetOf(command));
  } catch (thrown) {
    const { code, message } = toAppError(thrown);
    throw new AppError(code, `${message}; a cluster is needed since ${reason}`, { cause: thrown });
  }
}

/** Says nothing: what goes wrong is told in the measurement. */
export const quietLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  with: () => quietLog,
};
