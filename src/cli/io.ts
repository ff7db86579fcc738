import type { KubeAccess } from '#adapters/kube-http/kubeconfig.js';
import type { Kube } from '#ports/kube.js';
import type { Clock } from '#ports/clock.js';

/** Everything that a command may touch besides its arguments; tests give their own. */
export interface Io {
  readonly out: Output;
  readonly err: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Reads a file or, for `-`, standard input. */
  readText(path: string): Promise<string>;
  /** The manifests (.yaml, .yml, .json) below a folder, sorted; the path itself when it is no folder. */
  listFiles(path: string): Promise<readonly string[]>;
  /** The lines of standard input as they come. */
  readLines(): AsyncIterable<string>;
  connect(target: Target): Promise<Connection>;
  /** Aborts when the user wants the command to end (SIGINT, SIGTERM, SIGHUP). */
  readonly interrupted: AbortSignal;
}

export interface Output {
  write(text: string): void;
  /** Columns of the terminal; `undefined` when it is none, and then nothing is coloured or redrawn. */
  readonly columns: number | undefined;
  /** Lines of the terminal; `undefined` when it is none. */
  readonly rows: number | undefined;
}

/** Which cluster and namespace, as kubectl's flags name them. */
export interface Target {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
  /** Flags that stand over the kubeconfig. */
  readonly access?: KubeAccess;
  /** How long one request may take; default half a minute. */
  readonly timeoutMs?: number;
}

export interface Connection {
  readonly kube: Kube;
  /** The flag's, else the context's, else `default`. */
  readonly namespace: string;
  close(): Promise<void>;
}
