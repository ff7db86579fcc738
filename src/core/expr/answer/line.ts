import type { Answer } from './answer.js';
import { InputError } from './input-error.js';
import { type Request, answer, readRequest } from './request.js';

/** The answer to one line of JSON, as one line of JSON; `undefined` for a blank one. */
export function answerLine(line: string, isCondition: boolean, nowMs: number): string | undefined {
  if (line.trim() === '') return undefined;
  const request = read(() => readRequest(JSON.parse(line), isCondition));
  return writeAnswer('error' in request ? request : answer(request, nowMs));
}

/** `{"value", "type"}` or `{"error", "message"}`. */
export function writeAnswer(given: Answer): string {
  if ('error' in given) return JSON.stringify({ error: given.error, message: given.message });
  return `{"value":${given.value},"type":${JSON.stringify(given.type)}}`;
}

/** The request, or why it cannot be taken: nothing was evaluated then. */
export function read(work: () => Request): Request | { readonly error: 'compile'; readonly message: string } {
  try {
    return work();
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return { error: 'compile', message: `no JSON: ${thrown.message}` };
    if (thrown instanceof InputError) return { error: 'compile', message: thrown.message };
    throw thrown;
  }
}
