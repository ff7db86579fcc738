import { addMs, formatMicroInstant, type Instant } from '#core/time/instant.js';
import type { Clock } from '#ports/clock.js';
import { AppError } from '#ports/errors.js';
import type { LogOptions, LogSource } from '../http/logs.js';
import type { LogBuffer, LogLine } from './log-buffer.js';
import type { PodRuntime } from './pod-runtime.js';

/** The logs of the pods that a runtime runs, as `kubectl logs` asks for them. */
export function createLogSource(runtime: Pick<PodRuntime, 'logs'>, clock: Clock): LogSource {
  return (pod, options) => {
    const log = runtime.logs(pod.metadata.uid ?? '', options.container, options.previous);
    if (log === undefined) {
      const which = options.previous ? 'previous terminated container' : 'container';
      throw new AppError(
        'KubeNotFound',
        `${which} "${options.container}" in pod "${pod.metadata.name}" not found`,
      );
    }
    return readLog(log, options, clock.now());
  };
}

async function* readLog(log: LogBuffer, options: LogOptions, now: Instant): AsyncIterable<string> {
  const since = options.sinceSeconds === undefined ? undefined : addMs(now, -1000 * options.sinceSeconds);
  const print = ({ at, text }: LogLine): string =>
    options.timestamps ? `${formatMicroInstant(at)} ${text}\n` : `${text}\n`;
  const first = log.read(0);
  const recent = first.lines.filter(({ at }) => since === undefined || at >= since);
  const start =
    options.tailLines === undefined ? recent : recent.slice(Math.max(0, recent.length - options.tailLines));
  const head = start.map(print).join('');
  yield options.limitBytes === undefined ? head : head.slice(0, options.limitBytes);
  let position = first.next;
  while (options.follow && !log.isEnded && !options.signal.aborted) {
    await log.more(options.signal);
    const { lines, next } = log.read(position);
    position = next;
    if (lines.length > 0) yield lines.map(print).join('');
  }
}
