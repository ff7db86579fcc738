import { isObject, type JsonObject } from '#core/json/json.js';
import { numberAt, objectsAt, textAt } from '#core/json/read.js';
import {
  duplicate,
  firstError,
  forbidden,
  invalid,
  notFound,
  required,
  type Rule,
  type SpecError,
} from '../field-error.js';
import { dnsLabelProblem, portNameProblem, portNumberProblem } from '../names.js';
import { validateEnv, validateEnvFrom } from './env.js';
import { descendingPathError, eachOf, namedBy, oneOf } from './fields.js';
import { validateLifecycle, validateProbe } from './probe.js';
import { validateResources } from './resources.js';
import { validateSecurityContext } from './security.js';

/** What the rules of containers look at beside them. */
export interface PodContext {
  readonly volumes: readonly string[];
  readonly claims: readonly string[];
  readonly graceSeconds: number;
}

/** Rules of the containers that run side by side. */
export function validateContainers(
  containers: readonly JsonObject[],
  context: PodContext,
  path: string,
): SpecError | undefined {
  if (containers.length === 0) return required(path);
  const names = containers.map((container) => textAt(container, 'name'));
  return firstError([
    () =>
      eachOf(containers, path, (container, at, i) =>
        firstError([
          () => validateCommon(container, context, at),
          () => (names.indexOf(names[i]) < i ? duplicate(`${at}.name`, names[i]) : undefined),
          () => validateLife(container, context, at),
          () =>
            container['restartPolicy'] === undefined
              ? undefined
              : forbidden(`${at}.restartPolicy`, 'may not be set for non-init containers'),
        ]),
      ),
    () => hostPortConflict(containers, path),
  ]);
}

/** Rules of the containers that run one after the other before those; `taken` are the names of the others. */
export function validateInitContainers(
  containers: readonly JsonObject[],
  taken: readonly (string | undefined)[],
  context: PodContext,
  path: string,
): SpecError | undefined {
  const names = [...taken, ...containers.map((container) => textAt(container, 'name'))];
  return eachOf(containers, path, (container, at, i) => {
    const name = textAt(container, 'name');
    return firstError([
      () => validateCommon(container, context, at),
      () => oneOf(container['restartPolicy'], `${at}.restartPolicy`, ['Always']),
      () => (names.indexOf(name) < taken.length + i ? duplicate(`${at}.name`, name) : undefined),
      () =>
        container['restartPolicy'] === 'Always'
          ? validateLife(container, context, at)
          : lifeless(container, at),
    ]);
  });
}

const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;

function validateLife(container: JsonObject, context: PodContext, path: string): SpecError | undefined {
  return firstError([
    () => validateLifecycle(container['lifecycle'], context.graceSeconds, `${path}.lifecycle`),
    ...probes.map(
      (kind): Rule =>
        () =>
          validateProbe(container[kind], kind, `${path}.${kind}`),
    ),
  ]);
}

function lifeless(container: JsonObject, path: string): SpecError | undefined {
  const field = ['lifecycle', ...probes].find((name) => isObject(container[name]));
  return field === undefined
    ? undefined
    : forbidden(`${path}.${field}`, 'may not be set for init containers without restartPolicy=Always');
}

function validateCommon(container: JsonObject, context: PodContext, path: string): SpecError | undefined {
  return firstError([
    () => namedBy(textAt(container, 'name'), `${path}.name`, dnsLabelProblem),
    () => ((textAt(container, 'image') ?? '') === '' ? required(`${path}.image`) : undefined),
    () =>
      oneOf(container['terminationMessagePolicy'], `${path}.terminationMessagePolicy`, [
        'File',
        'FallbackToLogsOnError',
      ]),
    () => validatePorts(objectsAt(container, 'ports'), `${path}.ports`),
    () => validateEnv(objectsAt(container, 'env'), `${path}.env`),
    () => validateEnvFrom(objectsAt(container, 'envFrom'), `${path}.envFrom`),
    () => validateMounts(objectsAt(container, 'volumeMounts'), context.volumes, `${path}.volumeMounts`),
    () =>
      eachOf(objectsAt(container, 'volumeDevices'), `${path}.volumeDevices`, (device, at) => {
        const name = textAt(device, 'name') ?? '';
        return context.volumes.includes(name) ? undefined : notFound(`${at}.name`, name);
      }),
    () => oneOf(container['imagePullPolicy'], `${path}.imagePullPolicy`, ['Always', 'IfNotPresent', 'Never']),
    () => validateResources(container['resources'], context.claims, `${path}.resources`),
    () =>
      eachOf(objectsAt(container, 'resizePolicy'), `${path}.resizePolicy`, (policy) =>
        oneOf(policy['restartPolicy'], `${path}.resizePolicy`, ['NotRequired', 'RestartContainer']),
      ),
    () => validateSecurityContext(container['securityContext'], `${path}.securityContext`),
  ]);
}

function validatePorts(ports: readonly JsonObject[], path: string): SpecError | undefined {
  const names = ports.map((port) => textAt(port, 'name') ?? '');
  return eachOf(ports, path, (port, at, i) => {
    const number = numberAt(port, 'containerPort') ?? 0;
    const hostPort = numberAt(port, 'hostPort') ?? 0;
    return firstError([
      () => portNameError(names, i, `${at}.name`),
      () => (number === 0 ? required(`${at}.containerPort`) : portError(number, `${at}.containerPort`)),
      () => (hostPort === 0 ? undefined : portError(hostPort, `${at}.hostPort`)),
      () => oneOf(port['protocol'], `${at}.protocol`, ['SCTP', 'TCP', 'UDP']),
    ]);
  });
}

function portNameError(names: readonly string[], i: number, path: string): SpecError | undefined {
  const name = names[i] ?? '';
  if (name === '') return undefined;
  const problem = portNameProblem(name);
  if (problem !== undefined) return invalid(path, name, problem);
  return names.indexOf(name) < i ? duplicate(path, name) : undefined;
}

function portError(port: number, path: string): SpecError | undefined {
  const problem = portNumberProblem(port);
  return problem === undefined ? undefined : invalid(path, port, problem);
}

/** Two ports of a pod on the same port of its node. */
function hostPortConflict(containers: readonly JsonObject[], path: string): SpecError | undefined {
  const taken = new Set<string>();
  return eachOf(containers, path, (container, at) =>
    eachOf(objectsAt(container, 'ports'), `${at}.ports`, (port, portPath) => {
      const hostPort = numberAt(port, 'hostPort') ?? 0;
      if (hostPort === 0) return undefined;
      const key = `${textAt(port, 'protocol') ?? ''}/${textAt(port, 'hostIP') ?? ''}/${hostPort}`;
      if (taken.has(key)) return duplicate(`${portPath}.hostPort`, key);
      taken.add(key);
      return undefined;
    }),
  );
}

function validateMounts(
  mounts: readonly JsonObject[],
  volumes: readonly string[],
  path: string,
): SpecError | undefined {
  const targets = mounts.map((mount) => textAt(mount, 'mountPath') ?? '');
  return eachOf(mounts, path, (mount, at, i) => {
    const name = textAt(mount, 'name') ?? '';
    const target = targets[i] ?? '';
    const subPath = textAt(mount, 'subPath') ?? '';
    const expression = textAt(mount, 'subPathExpr') ?? '';
    return firstError([
      () => (name === '' ? required(`${at}.name`) : undefined),
      () => (volumes.includes(name) ? undefined : notFound(`${at}.name`, name)),
      () => (target === '' ? required(`${at}.mountPath`) : undefined),
      () => (targets.indexOf(target) < i ? invalid(`${at}.mountPath`, target, 'must be unique') : undefined),
      () => descendingPathError(subPath, `${path}.subPath`),
      () =>
        subPath !== '' && expression !== ''
          ? invalid(`${at}.subPathExpr`, expression, 'subPathExpr and subPath are mutually exclusive')
          : descendingPathError(expression, `${path}.subPathExpr`),
      () =>
        oneOf(mount['mountPropagation'], `${path}.mountPropagation`, [
          'Bidirectional',
          'HostToContainer',
          'None',
        ]),
    ]);
  });
}
