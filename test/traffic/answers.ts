/** One request of the load and what came back. Moments are milliseconds of the epoch. */
export interface Answer {
  readonly at: number;
  readonly tookMs: number;
  /** 0 when there was no answer. */
  readonly status: number;
  /** What the pod said it is; `''` when no pod answered. */
  readonly version: string;
  readonly pod: string;
  readonly isKeptAlive: boolean;
  /** Asked with the header of a header route. */
  readonly isMarked: boolean;
  /** The error of the connection, or what the proxy said in place of a pod. */
  readonly problem?: string;
}

/** Nobody behind the proxy answered: an error of the connection, a time-out, or an answer of the proxy's own. */
export function isDropped({ version, status }: Answer): boolean {
  return version === '' || status === 0 || status === 404;
}
