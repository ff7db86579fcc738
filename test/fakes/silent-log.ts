import type { Log } from '#ports/log.js';

/** A log that keeps its lines (`level message`) instead of writing them. */
export function createSilentLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  const keep = (level: string) => (message: string) => void lines.push(`${level} ${message}`);
  const log = {
    lines,
    debug: keep('debug'),
    info: keep('info'),
    warn: keep('warn'),
    error: keep('error'),
    with: () => log,
  };
  return log;
}
