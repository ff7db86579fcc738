import type { Container, ContainerPort } from '#api/k8s/core-kinds.js';
import { isObject } from '#core/json/json.js';
import {
  duplicate,
  firstError,
  invalid,
  notFound,
  required,
  unsupported,
  type Rule,
  type SpecError,
} from './field-error.js';
import { dnsLabelProblem, portNameProblem } from './names.js';

/** The rules of Kubernetes for a list of containers that users meet; `taken` are names that are in use elsewhere. */
export function validateContainers(
  containers: readonly Container[],
  volumes: ReadonlySet<string>,
  path: string,
  taken: readonly string[] = [],
): SpecError | undefined {
  const names = [...taken, ...containers.map((container) => container.name)];
  return firstError(
    containers.map((container, i) => () => {
      const isTaken = names.indexOf(container.name) < taken.length + i;
      return firstError([
        () => validateContainer(container, volumes, `${path}[${i}]`),
        () => (isTaken ? duplicate(`${path}[${i}].name`, container.name) : undefined),
      ]);
    }),
  );
}

function validateContainer(
  container: Container,
  volumes: ReadonlySet<string>,
  path: string,
): SpecError | undefined {
  return firstError([
    () => validateName(container.name, `${path}.name`),
    () => ((container.image ?? '') === '' ? required(`${path}.image`) : undefined),
    () => validatePorts(container.ports ?? [], `${path}.ports`),
    () => validateEnv(container.env ?? [], `${path}.env`),
    () => validateVolumeMounts(container['volumeMounts'], volumes, `${path}.volumeMounts`),
    () => validatePullPolicy(container['imagePullPolicy'], `${path}.imagePullPolicy`),
  ]);
}

function validateName(name: string | undefined, path: string): SpecError | undefined {
  if (name === undefined || name === '') return required(path);
  const problem = dnsLabelProblem(name);
  return problem === undefined ? undefined : invalid(path, name, problem);
}

function validatePorts(ports: readonly ContainerPort[], path: string): SpecError | undefined {
  return firstError(
    ports.flatMap((port, i): readonly Rule[] => {
      const at = `${path}[${i}]`;
      const earlier = ports.slice(0, i).map((other) => other.name);
      return [
        () => validatePortName(port.name ?? '', earlier, `${at}.name`),
        () => (port.containerPort === 0 ? required(`${at}.containerPort`) : undefined),
        () => validatePortNumber(port.containerPort, `${at}.containerPort`),
        () =>
          ['TCP', 'UDP', 'SCTP'].includes(port.protocol ?? 'TCP')
            ? undefined
            : unsupported(`${at}.protocol`, port.protocol, ['SCTP', 'TCP', 'UDP']),
      ];
    }),
  );
}

function validatePortName(
  name: string,
  earlier: readonly (string | undefined)[],
  path: string,
): SpecError | undefined {
  if (name === '') return undefined;
  const problem = portNameProblem(name);
  if (problem !== undefined) return invalid(path, name, problem);
  return earlier.includes(name) ? duplicate(path, name) : undefined;
}

function validatePortNumber(port: number, path: string): SpecError | undefined {
  return port >= 1 && port <= 65535
    ? undefined
    : invalid(path, port, 'must be between 1 and 65535, inclusive');
}

function validateEnv(env: readonly { readonly name: string }[], path: string): SpecError | undefined {
  const nameless = env.findIndex((variable) => variable.name === '');
  return nameless < 0 ? undefined : required(`${path}[${nameless}].name`);
}

function validateVolumeMounts(
  mounts: unknown,
  volumes: ReadonlySet<string>,
  path: string,
): SpecError | undefined {
  const list = Array.isArray(mounts) ? mounts.filter(isObject) : [];
  const paths = list.map((mount) => mount['mountPath']);
  return firstError(
    list.map((mount, i) => () => {
      const name = mount['name'];
      if (typeof name !== 'string' || name === '') return required(`${path}[${i}].name`);
      if (!volumes.has(name)) return notFound(`${path}[${i}].name`, name);
      if ((mount['mountPath'] ?? '') === '') return required(`${path}[${i}].mountPath`);
      return paths.indexOf(paths[i]) < i
        ? invalid(`${path}[${i}].mountPath`, paths[i], 'must be unique')
        : undefined;
    }),
  );
}

function validatePullPolicy(policy: unknown, path: string): SpecError | undefined {
  const words = ['Always', 'IfNotPresent', 'Never'];
  return policy === undefined || words.some((word) => word === policy)
    ? undefined
    : unsupported(path, policy, words);
}
