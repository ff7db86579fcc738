import type { RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { AppError } from '#ports/errors.js';
import type { Connection, ConnectionSource } from './credentials.js';

export interface KubeconfigOptions {
  /** A file; default `KUBECONFIG`, `~/.kube/config`, then the service account of the pod. */
  readonly path?: string;
  readonly context?: string;
}

/** A kubeconfig and what can be known of it without asking the server. */
export interface Kubeconfig extends ConnectionSource {
  /** The namespace of the context, if it names one. */
  readonly namespace: string | undefined;
}

/** Loads a kubeconfig; exec, OIDC, token-file and client-certificate users work. Throws ConfigInvalid with the cause. */
export async function loadKubeconfig(options: KubeconfigOptions = {}): Promise<Kubeconfig> {
  let config = await readConfig(options);
  return {
    namespace: config.getContextObject(config.getCurrentContext())?.namespace,
    load: () => connectionOf(config),
    async reload() {
      config = await readConfig(options);
      return connectionOf(config);
    },
  };
}

async function readConfig(options: KubeconfigOptions): Promise<KubeConfig> {
  // The package root would load every generated model; this file alone still costs some, hence lazily.
  const module = await import('@kubernetes/client-node/dist/config.js');
  const config = new module.KubeConfig();
  const from = options.path ?? 'the default kubeconfig';
  try {
    if (options.path === undefined) config.loadFromDefault();
    else config.loadFromFile(options.path);
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    throw new AppError('ConfigInvalid', `${from}: cannot be read: ${message}`, { cause: thrown });
  }
  if (options.context !== undefined) config.setCurrentContext(options.context);
  if (config.getCurrentCluster() === null) {
    const names = config.getContexts().map((context) => context.name);
    throw new AppError(
      'ConfigInvalid',
      `${from}: context ${JSON.stringify(config.getCurrentContext())} names no cluster; contexts: ${names.join(', ') || 'none'}`,
    );
  }
  return config;
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
    if (typeof value === 'string') headers[name.toLowerCase()] = value;
  }
  if (typeof options.auth === 'string' && headers['authorization'] === undefined) {
    headers['authorization'] = `Basic ${Buffer.from(options.auth).toString('base64')}`;
  }
  return headers;
}

function isText(value: unknown): value is string | Buffer {
  return typeof value === 'string' || Buffer.isBuffer(value);
}
