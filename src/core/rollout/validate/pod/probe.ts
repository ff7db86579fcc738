import { isObject, type JsonObject } from '#core/json/json.js';
import { numberAt, objectsAt, textAt, textsAt } from '#core/json/read.js';
import { firstError, forbidden, invalid, required, type Rule, type SpecError } from '../field-error.js';
import { headerNameProblem, portNameProblem, portNumberProblem } from '../names.js';
import { eachOf, notNegative, oneOf } from './fields.js';

/** Rules of what asks a container how it is; `kind` is its field. */
export function validateProbe(
  probe: unknown,
  kind: 'livenessProbe' | 'readinessProbe' | 'startupProbe',
  path: string,
): SpecError | undefined {
  if (!isObject(probe)) return undefined;
  const counts = [
    'initialDelaySeconds',
    'timeoutSeconds',
    'periodSeconds',
    'successThreshold',
    'failureThreshold',
  ];
  const grace = numberAt(probe, 'terminationGracePeriodSeconds');
  const successes = numberAt(probe, 'successThreshold') ?? 1;
  return firstError([
    () => validateHandler(probe, path),
    ...counts.map(
      (field): Rule =>
        () =>
          notNegative(numberAt(probe, field), `${path}.${field}`),
    ),
    () =>
      grace !== undefined && grace <= 0
        ? invalid(`${path}.terminationGracePeriodSeconds`, grace, 'must be greater than 0')
        : undefined,
    () =>
      kind !== 'readinessProbe' && successes !== 1
        ? invalid(`${path}.successThreshold`, successes, 'must be 1')
        : undefined,
    () =>
      kind === 'readinessProbe' && grace !== undefined
        ? invalid(`${path}.terminationGracePeriodSeconds`, grace, 'must not be set for readinessProbes')
        : undefined,
  ]);
}

/** Rules of what runs when a container starts or ends. */
export function validateLifecycle(
  lifecycle: unknown,
  graceSeconds: number,
  path: string,
): SpecError | undefined {
  if (!isObject(lifecycle)) return undefined;
  return firstError(
    ['postStart', 'preStop'].map((hook) => () => {
      const handler = lifecycle[hook];
      return isObject(handler) ? validateHandler(handler, `${path}.${hook}`, graceSeconds) : undefined;
    }),
  );
}

const handlers = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'];

function validateHandler(holder: JsonObject, path: string, graceSeconds = 0): SpecError | undefined {
  const [first, second] = handlers.filter((kind) => isObject(holder[kind]));
  if (first === undefined) return required(path, 'must specify a handler type');
  const handler = holder[first];
  return (
    validateAction(first, isObject(handler) ? handler : {}, `${path}.${first}`, graceSeconds) ??
    (second === undefined
      ? undefined
      : forbidden(`${path}.${second}`, 'may not specify more than 1 handler type'))
  );
}

function validateAction(
  kind: string,
  action: JsonObject,
  path: string,
  grace: number,
): SpecError | undefined {
  switch (kind) {
    case 'exec':
      return textsAt(action, 'command').length === 0 ? required(`${path}.command`) : undefined;
    case 'httpGet':
      return validateHttpGet(action, path);
    case 'sleep': {
      const seconds = numberAt(action, 'seconds') ?? 0;
      return seconds > 0 && seconds <= grace ? undefined : invalid(path, seconds, sleepWords(grace));
    }
    default:
      return validatePort(action['port'], `${path}.port`);
  }
}

function sleepWords(grace: number): string {
  const bound = `must be greater than 0 and less than terminationGracePeriodSeconds (${grace})`;
  return `${bound}. Enable AllowPodLifecycleSleepActionZeroValue feature gate for zero sleep.`;
}

function validateHttpGet(action: JsonObject, path: string): SpecError | undefined {
  return firstError([
    () => ((textAt(action, 'path') ?? '') === '' ? required(`${path}.path`) : undefined),
    () => validatePort(action['port'], `${path}.port`),
    () => oneOf(action['scheme'], `${path}.scheme`, ['HTTP', 'HTTPS']),
    () =>
      eachOf(objectsAt(action, 'httpHeaders'), path, (header) => {
        const name = textAt(header, 'name') ?? '';
        const problem = headerNameProblem(name);
        return problem === undefined ? undefined : invalid(`${path}.httpHeaders`, name, problem);
      }),
  ]);
}

function validatePort(port: unknown, path: string): SpecError | undefined {
  if (typeof port === 'string') {
    const problem = portNameProblem(port);
    return problem === undefined ? undefined : invalid(path, port, problem);
  }
  const number = typeof port === 'number' ? port : 0;
  const problem = portNumberProblem(number);
  return problem === undefined ? undefined : invalid(path, number, problem);
}
