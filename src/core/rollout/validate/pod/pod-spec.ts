import { isObject, type JsonObject } from '#core/json/json.js';
import { numberAt, objectAt, objectsAt, textAt, textsAt } from '#core/json/read.js';
import { duplicate, firstError, invalid, required, type Rule, type SpecError } from '../field-error.js';
import { addressProblem, dnsLabelProblem, dnsSubdomainProblem } from '../names.js';
import { validateContainers, validateInitContainers } from './container.js';
import { eachOf, keyError, oneOf, optionallyNamedBy, validateLabelMap } from './fields.js';
import { validateAmounts } from './resources.js';
import { validateAffinity, validateSpread, validateTolerations } from './scheduling.js';
import { validatePodSecurityContext } from './security.js';
import { validateVolumes } from './volumes.js';

/** The rules of Kubernetes for a pod, in its words and order; `spec` has its defaults. */
export function validatePodSpec(spec: JsonObject, path: string): SpecError | undefined {
  const volumes = objectsAt(spec, 'volumes');
  const containers = objectsAt(spec, 'containers');
  const context = {
    volumes: volumes.map((volume) => textAt(volume, 'name') ?? ''),
    claims: objectsAt(spec, 'resourceClaims').map((claim) => textAt(claim, 'name') ?? ''),
    graceSeconds: numberAt(spec, 'terminationGracePeriodSeconds') ?? 30,
  };
  const names = containers.map((container) => textAt(container, 'name'));
  return firstError([
    () => validateVolumes(volumes, `${path}.volumes`),
    () => validateContainers(containers, context, `${path}.containers`),
    () => validateInitContainers(objectsAt(spec, 'initContainers'), names, context, `${path}.initContainers`),
    () => oneOf(spec['restartPolicy'], `${path}.restartPolicy`, ['Always', 'OnFailure', 'Never']),
    () => oneOf(spec['dnsPolicy'], `${path}.dnsPolicy`, dnsPolicies),
    () => validateLabelMap(spec['nodeSelector'], `${path}.nodeSelector`),
    () => validatePodSecurityContext(spec['securityContext'], `${path}.securityContext`),
    () => validateAffinity(spec['affinity'], `${path}.affinity`),
    () => validateDnsConfig(spec, `${path}.dnsConfig`),
    () => validateGates(spec, path),
    () => validateSpread(objectsAt(spec, 'topologySpreadConstraints'), `${path}.topologySpreadConstraints`),
    () => validateNames(spec, path),
    () => validateTolerations(objectsAt(spec, 'tolerations'), `${path}.tolerations`),
    () => validateHostAliases(spec, `${path}.hostAliases`),
    () =>
      optionallyNamedBy(textAt(spec, 'priorityClassName'), `${path}.priorityClassName`, dnsSubdomainProblem),
    () =>
      optionallyNamedBy(textAt(spec, 'runtimeClassName'), `${path}.runtimeClassName`, dnsSubdomainProblem),
    () => oneOf(spec['preemptionPolicy'], `${path}.preemptionPolicy`, ['PreemptLowerPriority', 'Never']),
    () => validateAmounts(spec['overhead'], `${path}.overhead.limits`),
    () => (isObject(spec['os']) ? oneOf(spec['os']['name'], `${path}.os`, ['linux', 'windows']) : undefined),
  ]);
}

const dnsPolicies = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];

function validateNames(spec: JsonObject, path: string): SpecError | undefined {
  const seconds = numberAt(spec, 'activeDeadlineSeconds') ?? 1;
  return firstError([
    () =>
      optionallyNamedBy(
        textAt(spec, 'serviceAccountName'),
        `${path}.serviceAccountName`,
        dnsSubdomainProblem,
      ),
    () => optionallyNamedBy(textAt(spec, 'nodeName'), `${path}.nodeName`, dnsSubdomainProblem),
    () =>
      seconds >= 1 && seconds <= 2_147_483_647
        ? undefined
        : invalid(`${path}.activeDeadlineSeconds`, seconds, 'must be between 1 and 2147483647, inclusive'),
    () => optionallyNamedBy(textAt(spec, 'hostname'), `${path}.hostname`, dnsLabelProblem),
    () => optionallyNamedBy(textAt(spec, 'subdomain'), `${path}.subdomain`, dnsLabelProblem),
  ]);
}

function validateDnsConfig(spec: JsonObject, path: string): SpecError | undefined {
  const servers = textsAt(objectAt(spec, 'dnsConfig'), 'nameservers');
  const options = objectsAt(objectAt(spec, 'dnsConfig'), 'options');
  return firstError([
    () =>
      spec['dnsPolicy'] === 'None' && !isObject(spec['dnsConfig'])
        ? required(path, 'must provide `dnsConfig` when `dnsPolicy` is None')
        : undefined,
    () =>
      servers.length > 3
        ? invalid(`${path}.nameservers`, servers, 'must not have more than 3 nameservers')
        : undefined,
    ...servers.map(
      (server, i): Rule =>
        () =>
          addressError(server, `${path}.nameservers[${i}]`),
    ),
    () =>
      eachOf(options, `${path}.options`, (option, at) =>
        (textAt(option, 'name') ?? '') === '' ? required(at, 'must not be empty') : undefined,
      ),
  ]);
}

function addressError(address: string, path: string): SpecError | undefined {
  const problem = addressProblem(address);
  return problem === undefined ? undefined : invalid(path, address, problem);
}

function validateGates(spec: JsonObject, path: string): SpecError | undefined {
  const gates = objectsAt(spec, 'schedulingGates');
  const names = gates.map((gate) => textAt(gate, 'name') ?? '');
  return firstError([
    () =>
      eachOf(objectsAt(spec, 'readinessGates'), `${path}.readinessGates`, (gate, at) =>
        keyError(textAt(gate, 'conditionType') ?? '', `${at}.conditionType`),
      ),
    () =>
      eachOf(gates, `${path}.schedulingGates`, (_gate, at, i) => {
        const name = names[i] ?? '';
        return keyError(name, at) ?? (names.indexOf(name) < i ? duplicate(at, name) : undefined);
      }),
  ]);
}

function validateHostAliases(spec: JsonObject, path: string): SpecError | undefined {
  return eachOf(objectsAt(spec, 'hostAliases'), path, (alias, at) =>
    firstError([
      () => addressError(textAt(alias, 'ip') ?? '', `${at}.ip`),
      ...textsAt(alias, 'hostnames').map(
        (name, i): Rule =>
          () =>
            optionallyNamedBy(name, `${at}.hostnames[${i}]`, dnsSubdomainProblem),
      ),
    ]),
  );
}
