import { createLogger, format, type Logger, transports } from 'winston';
import type { Log, LogFields } from '#ports/log.js';

type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface LogOptions {
  /** Less important messages are left out; default `info`. */
  readonly level?: LogLevel;
  /** `json`: one object a line. `pretty`: time, level, message and `key=value` pairs. Default `json`. */
  readonly format?: 'json' | 'pretty';
  /** Default stderr. */
  readonly stream?: NodeJS.WritableStream;
}

/** A log that writes every message as one line. */
export function createLog(options: LogOptions = {}): Log {
  const logger = createLogger({
    level: options.level ?? 'info',
    format: format.combine(
      format.timestamp(),
      options.format === 'pretty' ? format.printf(prettyLine) : format.json(),
    ),
    transports: [new transports.Stream({ stream: options.stream ?? process.stderr })],
  });
  return logOver(logger);
}

function logOver(logger: Logger): Log {
  return {
    // Said of every pass: what nobody reads is not worth to be printed.
    debug: (message, fields) => {
      if (logger.isDebugEnabled()) logger.debug(message, printable(fields));
    },
    info: (message, fields) => void logger.info(message, printable(fields)),
    warn: (message, fields) => void logger.warn(message, printable(fields)),
    error: (message, fields) => void logger.error(message, printable(fields)),
    with: (fields) => logOver(logger.child(printable(fields))),
  };
}

/** Winston appends the text of a field `message` to the message and takes `level` for its own: both are renamed. */
function printable(fields: LogFields | undefined): Record<string, unknown> {
  const entries = Object.entries(fields ?? {}).map(([name, value]): [string, unknown] => [
    name === 'message' || name === 'level' || name === 'timestamp' ? `${name}_` : name,
    value instanceof Error ? value.message : value,
  ]);
  return Object.fromEntries(entries);
}

function prettyLine(info: Readonly<Record<string, unknown>>): string {
  const { timestamp, level, message, ...fields } = info;
  const time = String(timestamp).slice(11, 23);
  const pairs = Object.entries(fields).map(([name, value]) => ` ${name}=${prettyValue(value)}`);
  return `${time} ${String(level).toUpperCase().padEnd(5)} ${String(message)}${pairs.join('')}`;
}

function prettyValue(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined');
  return /^[^\s"=]+$/.test(text) || typeof value !== 'string' ? text : JSON.stringify(text);
}
