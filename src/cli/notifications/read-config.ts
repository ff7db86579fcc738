import type { AnalysisRun } from '#api/argoproj/analysis-run.js';
import type { Rollout } from '#api/argoproj/rollout.js';
import type { ConfigMap, Secret } from '#api/k8s/core-kinds.js';
import type { KubeObject, UnknownObject } from '#api/k8s/meta.js';
import { kinds } from '#api/kinds.js';
import { configMapName, secretName } from '#controllers/notification/config-reader.js';
import { parseNotifyConfig, type NotifyConfig } from '#core/notify/config.js';
import { currentRuns, type Subject } from '#core/notify/variables.js';
import { AppError } from '#ports/errors.js';
import { ExitWith } from '../command.js';
import { ownedBy } from '#core/inspect/input.js';
import type { Connection, Io } from '../io.js';
import { readManifests } from '../manifests.js';
import { listAll, readRollout } from '../read-view.js';

/** Where the configuration of notifications is looked for. */
export interface ConfigFlags {
  /** A file, instead of the one in the cluster. */
  readonly configMap?: string;
  /** A file, or `:empty`. */
  readonly secret?: string;
  /** Where both are in the cluster; default the namespace of the command. */
  readonly configNamespace?: string;
}

/** The configuration of notifications in the files of the flags, else in the cluster. */
export async function readConfig(connection: Connection, io: Io, flags: ConfigFlags): Promise<NotifyConfig> {
  const namespace = flags.configNamespace ?? connection.namespace;
  const map =
    flags.configMap === undefined
      ? await fromCluster<ConfigMap>(connection, namespace, kinds.configMap, configMapName)
      : await fromFile<ConfigMap>(io, flags.configMap, 'ConfigMap');
  return parseNotifyConfig({
    namespace,
    data: map.data ?? {},
    secretName,
    secrets: await readSecrets(connection, io, flags, namespace),
    version: '',
  });
}

async function readSecrets(
  { kube }: Connection,
  io: Io,
  { secret }: ConfigFlags,
  namespace: string,
): Promise<Readonly<Record<string, string>>> {
  if (secret === ':empty') return {};
  if (secret === undefined) {
    const found = await kube.get<Secret>({ kind: kinds.secret, namespace, name: secretName });
    return decoded(found?.data ?? {});
  }
  const file = await fromFile<Secret & { readonly stringData?: Readonly<Record<string, string>> }>(
    io,
    secret,
    'Secret',
  );
  return { ...decoded(file.data ?? {}), ...file.stringData };
}

function decoded(data: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const entries = Object.entries(data);
  return Object.fromEntries(
    entries.map(([key, text]) => [key, Buffer.from(text, 'base64').toString('utf8')]),
  );
}

async function fromCluster<T extends KubeObject>(
  { kube }: Connection,
  namespace: string,
  kind: (typeof kinds)[keyof typeof kinds],
  name: string,
): Promise<T> {
  const found = await kube.get<T>({ kind, namespace, name });
  if (found !== undefined) return found;
  throw new AppError(
    'KubeNotFound',
    `${kind.plural} "${name}" not found in namespace "${namespace}"; see --config-namespace and --config-map`,
  );
}

async function fromFile<T extends KubeObject>(io: Io, file: string, kind: string): Promise<T> {
  const manifests = await readManifests([file], (path) => io.readText(path));
  const object: UnknownObject | undefined = manifests.find((one) => one.object?.kind === kind)?.object;
  if (object === undefined) throw new ExitWith(1, `${file}: there is no ${kind} in it`);
  // What is read of it is looked at as it is.
  return object as unknown as T;
}

/** The Rollout that a notification would be about: one of the cluster, or of a file when the name is a path. */
export async function readSubject(connection: Connection, io: Io, resource: string): Promise<Subject> {
  if (/^\.{0,2}\/|\.(ya?ml|json)$/.test(resource))
    return { rollout: await fromFile<Rollout>(io, resource, 'Rollout'), analysisRuns: [] };
  const rollout = await readRollout(connection, resource);
  const runs = await listAll<AnalysisRun>(connection, kinds.analysisRun);
  return { rollout, analysisRuns: currentRuns(rollout, ownedBy(rollout, runs)) };
}
