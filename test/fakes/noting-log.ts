import type { Log, LogFields } from '#ports/log.js';

/** A log that adds its lines, with their fields, to a list. */
export function createNotingLog(said: (readonly [string, LogFields | undefined])[]): Log {
  const note = (message: string, fields?: LogFields) => void said.push([message, fields]);
  const log: Log = { debug: note, info: note, warn: note, error: note, with: () => log };
  return log;
}
