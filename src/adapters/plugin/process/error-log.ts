import type { Log } from '#ports/log.js';

const lineChars = 1024;
const keptChars = 2048;
/** Lines in one second that reach the log. */
const linesPerSecond = 50;

/** What a program writes to standard error: into the log line by line, and its end kept for messages. */
export class ErrorLog {
  readonly #log: Log;
  #rest = '';
  #kept = '';
  #second = 0;
  #lines = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  take(chunk: string, nowMs: number): void {
    this.#kept = (this.#kept + chunk).slice(-keptChars);
    const lines = (this.#rest + chunk).split('\n');
    this.#rest = (lines.pop() ?? '').slice(-lineChars);
    for (const line of lines) this.#say(line.trimEnd(), nowMs);
  }

  /** The last words, on one line; `''` when there were none. */
  get end(): string {
    return this.#kept
      .trim()
      .split(/\s*\n\s*/)
      .slice(-5)
      .join(' | ');
  }

  #say(line: string, nowMs: number): void {
    if (line === '') return;
    const second = Math.floor(nowMs / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#lines = 0;
    }
    this.#lines += 1;
    if (this.#lines < linesPerSecond) this.#log.info('plugin says', { line: line.slice(0, lineChars) });
    if (this.#lines === linesPerSecond) this.#log.warn('plugin says more than is logged', { linesPerSecond });
  }
}
