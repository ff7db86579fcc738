import { readFile } from 'node:fs/promises';
import type { RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { AppError } from '#ports/errors.js';
import type { Connection, ConnectionSource } from './credentials.js';
import { readTokenFiles } from './token-files.js';

export interface KubeconfigOptions {
  /** A file; default `KUBECONFIG`, `~/.kube/config`, then the service account of the pod. */
  readonly path?: string;
  /** A kubeconfig itself; no file is looked at then. */
  readonly text?: string;
  readonly context?: string;
  readonly access?: KubeAccess;
}

/** What kubectl's flags put in the place of what the kubeconfig says. */
export interface KubeAccess {
  /** Names of a cluster and a user of the kubeconfig, instead of those of the context. */
  readonly cluster?: string;
  readonly user?: string;
  /** The address of the API server. */
  readonly server?: string;
  /** A bearer token, which is used alone. */
  readonly token?: string;
  /** Who to act as, and in which groups. */
  readonly as?: string;
  readonly asGroups?: readonly string[];
  /** The server's certificate is not verified. */
  readonly isInsecure?: boolean;
  /** Files: who signs the server's certificate, and the client's own. */
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  /** The name in the server's certificate. */
  readonly serverName?: string;
  readonly proxyUrl?: string;
}

/** A kubeconfig and what can be known of it without asking the server. */
export interface Kubeconfig extends ConnectionSource {
  /** The namespace of the context, if it names one. */
  readonly namespace: string | undefined;
}

/** Loads a kubeconfig; exec, OIDC, token-file and client-certificate users work. Throws ConfigInvalid with the cause. */
export async function loadKubeconfig(options: KubeconfigOptions = {}): Promise<Kubeconfig> {
  let config = await readConfig(options);
  const { access = {} } = options;
  return {
    namespace: config.getContextObject(config.getCurrentContext())?.namespace,
    load: async () => withAccess(await connectionOf(config), access),
    async reload() {
      config = await readConfig(options);
      return withAccess(await connectionOf(config), access);
    },
  };
}

async function readConfig(options: KubeconfigOptions): Promise<KubeConfig> {
  // The package root would load every generated model; this file alone still costs some, hence lazily.
  const module = await import('@kubernetes/client-node/dist/config.js');
  const config = new module.KubeConfig();
  const from = options.text === undefined ? (options.path ?? 'the default kubeconfig') : 'the kubeconfig';
  try {
    if (options.text !== undefined) config.loadFromString(options.text);
    else if (options.path === undefined) config.loadFromDefault();
    else config.loadFromFile(options.path);
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    throw new AppError('ConfigInvalid', `${from}: cannot be read: ${message}`, { cause: thrown });
  }
  if (options.text === undefined) await readTokenFiles(config, options.path);
  if (options.context !== undefined) config.setCurrentContext(options.context);
  useNamed(config, options.access ?? {}, from);
  if (config.getCurrentCluster() === null) {
    const names = config.getContexts().map((context) => context.name);
    throw new AppError(
      'ConfigInvalid',
      `${from}: context ${JSON.stringify(config.getCurrentContext())} names no cluster; contexts: ${names.join(', ') || 'none'}`,
    );
  }
  return config;
}

/** Takes the cluster and user that were named instead of those of the context. */
function useNamed(config: KubeConfig, { cluster, user }: KubeAccess, from: string): void {
  const context = config.getContextObject(config.getCurrentContext());
  if (context === null || (cluster === undefined && user === undefined)) return;
  if (cluster !== undefined && config.getCluster(cluster) === null)
    throw new AppError('ConfigInvalid', `${from}: there is no cluster ${JSON.stringify(cluster)}`);
  if (user !== undefined && config.getUser(user) === null)
    throw new AppError('ConfigInvalid', `${from}: there is no user ${JSON.stringify(user)}`);
  const name = `${context.name} (by flags)`;
  config.addContext({
    ...context,
    name,
    cluster: cluster ?? context.cluster,
    user: user ?? context.user,
  });
  config.setCurrentContext(name);
}

async function withAccess(connection: Connection, access: KubeAccess): Promise<Connection> {
  const { server = connection.server, proxyUrl } = access;
  return {
    ...connection,
    server: server.replace(/\/+$/, ''),
    headers: headersWith(connection.headers, access),
    tls: await tlsWith(connection.tls, access),
    ...(proxyUrl === undefined ? {} : { proxyUrl }),
  };
}

function headersWith(
  headers: Connection['headers'],
  { token, as, asGroups = [] }: KubeAccess,
): Connection['headers'] {
  const { authorization: _authorization, ...others } = headers;
  return {
    ...(token === undefined ? headers : { ...others, authorization: `Bearer ${token}` }),
    ...(as === undefined ? {} : { 'impersonate-user': as }),
    ...(asGroups.length === 0 ? {} : { 'impersonate-group': [...asGroups] }),
  };
}

async function tlsWith(given: Connection['tls'], access: KubeAccess): Promise<Connection['tls']> {
  const { token, isInsecure, caFile, certFile, keyFile, serverName } = access;
  const { cert: _cert, key: _key, ...anonymous } = given;
  return {
    ...(token === undefined ? given : anonymous),
    ...(caFile === undefined ? {} : { ca: await readFlagFile(caFile) }),
    ...(certFile === undefined ? {} : { cert: await readFlagFile(certFile) }),
    ...(keyFile === undefined ? {} : { key: await readFlagFile(keyFile) }),
    ...(serverName === undefined ? {} : { servername: serverName }),
    ...(isInsecure === true ? { rejectUnauthorized: false } : {}),
  };
}

async function readFlagFile(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((thrown: unknown) => {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new AppError('ConfigInvalid', `${path}: cannot be read: ${why}`, { cause: thrown });
  });
}

async function connectionOf(config: KubeConfig): Promise<Connection> {
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new AppError('ConfigInvalid', 'kubeconfig: no current cluster');
  const options: RequestOptions = {};
  // client-node refuses plain http unless verification is off; there is nothing to verify then.
  if (cluster.server.startsWith('https:')) await config.applyToHTTPSOptions(options);
  else await applyWithoutTls(config, options);
  const { ca, cert, key, servername, rejectUnauthorized } = options;
  return {
    server: cluster.server.replace(/\/+$/, ''),
    headers: headersOf(options),
    tls: {
      ...(isText(ca) ? { ca } : {}),
      ...(isText(cert) ? { cert } : {}),
      ...(isText(key) ? { key } : {}),
      ...(servername === undefined ? {} : { servername }),
      ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
    },
    ...(cluster.proxyUrl === undefined ? {} : { proxyUrl: cluster.proxyUrl }),
  };
}

async function applyWithoutTls(config: KubeConfig, options: RequestOptions): Promise<void> {
  const module = await import('@kubernetes/client-node/dist/config.js');
  const cluster = config.getCurrentCluster();
  const user = config.getCurrentUser();
  if (cluster === null) return;
  const unverified = new module.KubeConfig();
  unverified.loadFromClusterAndUser({ ...cluster, skipTLSVerify: true }, user ?? { name: 'anonymous' });
  await unverified.applyToHTTPSOptions(options);
}

function headersOf(options: RequestOptions): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    if (typeof value === 'string') headers[name.toLowerCase()] = value.trim(); // a token file may end in a newline
  }
  if (typeof options.auth === 'string' && headers['authorization'] === undefined) {
    headers['authorization'] = `Basic ${Buffer.from(options.auth).toString('base64')}`;
  }
  return headers;
}

function isText(value: unknown): value is string | Buffer {
  return typeof value === 'string' || Buffer.isBuffer(value);
}
