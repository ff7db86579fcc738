import { execFile } from 'node:child_process';
import { get } from 'node:http';
import { connect } from 'node:net';
import type { Container, Probe } from '#api/k8s/core-kinds.js';
import type { IntOrString } from '#api/k8s/meta.js';

/** Where a container's ports can be reached. */
export interface ProbeAddress {
  readonly host: string;
  /** The local port that stands for a container port. */
  readonly portOf: (port: number) => number;
  readonly env: Readonly<Record<string, string>>;
}

/** Asks once. Never rejects: what cannot be asked in time has failed. */
export async function askProbe(probe: Probe, container: Container, at: ProbeAddress): Promise<boolean> {
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000;
  if (probe.httpGet !== undefined) {
    const port = at.portOf(portNumber(probe.httpGet.port, container));
    return askHttp({ host: at.host, port, path: probe.httpGet.path ?? '/' }, timeoutMs);
  }
  if (probe.tcpSocket !== undefined) {
    return askTcp({ host: at.host, port: at.portOf(portNumber(probe.tcpSocket.port, container)) }, timeoutMs);
  }
  const [command, ...args] = probe.exec?.command ?? [];
  if (command === undefined) return true;
  return new Promise((resolve) => {
    execFile(command, args, { timeout: timeoutMs, env: { ...process.env, ...at.env } }, (error) =>
      resolve(error === null),
    );
  });
}

function portNumber(port: IntOrString, container: Container): number {
  if (typeof port === 'number') return port;
  const named = container.ports?.find(({ name }) => name === port)?.containerPort;
  return named ?? Number(port);
}

function askHttp(
  url: { readonly host: string; readonly port: number; readonly path: string },
  timeoutMs: number,
): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(
      { ...url, agent: false, timeout: timeoutMs, headers: { 'user-agent': 'kube-probe/1.34' } },
      (response) => {
        response.resume();
        const code = response.statusCode ?? 0;
        resolve(code >= 200 && code < 400);
      },
    );
    request.on('timeout', () => request.destroy(new Error('timeout')));
    request.on('error', () => resolve(false));
  });
}

function askTcp(to: { readonly host: string; readonly port: number }, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ ...to, timeout: timeoutMs }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('timeout', () => socket.destroy(new Error('timeout')));
    socket.on('error', () => resolve(false));
  });
}
