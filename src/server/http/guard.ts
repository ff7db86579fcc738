import type { Viewer } from '../auth/viewer.js';

/** Whether a Host header means this machine by a name that no other site can point at it (DNS rebinding). */
export function isLoopbackHost(host: string | undefined, port: number): boolean {
  return ['127.0.0.1', '[::1]', 'localhost'].some((name) => host === `${name}:${port}`);
}

/** Why a writing request may have been made by another site; `undefined` when it cannot have been. */
export function forgeryProblem(
  headers: Headers,
  host: string,
  viewer: Viewer | undefined,
): string | undefined {
  if (!/^application\/json\b/i.test(headers.get('content-type') ?? ''))
    return 'content-type must be application/json';
  if (headers.get('x-sluice') !== '1') return 'header X-Sluice: 1 is missing';
  const site = headers.get('sec-fetch-site');
  if (site !== null && site !== 'same-origin') return `a ${site} request may not write`;
  const origin = headers.get('origin');
  const isOurs = origin === `http://${host}` || origin === `https://${host}`;
  const mustHaveOrigin = viewer === undefined || viewer.isByCookie;
  if (origin === null ? mustHaveOrigin : !isOurs) return 'the origin is not ours';
  return undefined;
}
