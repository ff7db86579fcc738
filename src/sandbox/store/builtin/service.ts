import type { UnknownObject } from '#api/k8s/meta.js';
import type { JsonObject } from '#core/json/json.js';
import { invalidValue, requiredValue, unsupportedValue } from '../causes.js';
import type { KindRules } from '../resource-type.js';
import type { Cause } from '../status.js';
import { fieldsIn, itemsIn, withDefaults } from './pod-defaults.js';

/** Services get an address of 10.96.0.0/16 and node ports from 30000, each the lowest that is free. */
export const serviceRules: KindRules = {
  applyDefaults: (service) => ({ ...service, spec: defaultServiceSpec(service['spec']) }),
  prepareCreate: (service, peers) => ({ ...allocate(service, peers()), status: { loadBalancer: {} } }),
  prepareUpdate: keepAddress,
  validate: (service) => validateService(fieldsIn(service['spec'])),
  validateUpdate: (service, old) => {
    const [next, before] = [fieldsIn(service['spec'])['clusterIP'], fieldsIn(old['spec'])['clusterIP']];
    const isChange =
      before !== undefined && next !== before && fieldsIn(service['spec'])['type'] !== 'ExternalName';
    return isChange ? [invalidValue('spec.clusterIPs[0]', [next], 'may not change once set')] : [];
  },
};

function defaultServiceSpec(value: unknown): JsonObject {
  const spec = withDefaults({ type: 'ClusterIP', sessionAffinity: 'None' }, value);
  const isExternal = spec['type'] === 'NodePort' || spec['type'] === 'LoadBalancer';
  const ports = itemsIn(spec['ports']).map((item) => {
    const port = fieldsIn(item);
    const targetPort = port['targetPort'] ?? port['port'];
    return { protocol: 'TCP', ...port, ...(targetPort === undefined ? {} : { targetPort }) };
  });
  return {
    ...(spec['type'] === 'ExternalName' ? {} : { internalTrafficPolicy: 'Cluster' }),
    ...(isExternal ? { externalTrafficPolicy: 'Cluster' } : {}),
    ...(spec['type'] === 'LoadBalancer' ? { allocateLoadBalancerNodePorts: true } : {}),
    ...spec,
    ...(spec['ports'] === undefined ? {} : { ports }),
  };
}

function allocate(service: UnknownObject, peers: readonly UnknownObject[]): UnknownObject {
  const spec = fieldsIn(service['spec']);
  if (spec['type'] === 'ExternalName') return service;
  const specs = peers.map((peer) => fieldsIn(peer['spec']));
  const clusterIP = spec['clusterIP'] ?? freeAddress(new Set(specs.map((one) => one['clusterIP'])));
  const families = { ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' };
  return {
    ...service,
    spec: { ...families, ...spec, ...nodePorts(spec, specs), clusterIP, clusterIPs: [clusterIP] },
  };
}

function freeAddress(taken: ReadonlySet<unknown>): string {
  for (let n = 10; n < 65_534; n += 1) {
    const address = `10.96.${Math.floor(n / 256)}.${n % 256}`;
    if (!taken.has(address)) return address;
  }
  return 'None';
}

function nodePorts(spec: JsonObject, peers: readonly JsonObject[]): JsonObject {
  if (spec['type'] !== 'NodePort' && spec['type'] !== 'LoadBalancer') return {};
  const taken = new Set(
    peers.flatMap((peer) => itemsIn(peer['ports']).map((port) => fieldsIn(port)['nodePort'])),
  );
  const ports = itemsIn(spec['ports']).map((item) => {
    const port = fieldsIn(item);
    let free = 30_000;
    while (taken.has(free)) free += 1;
    const nodePort = port['nodePort'] ?? free;
    taken.add(nodePort);
    return { ...port, nodePort };
  });
  return { ports };
}

function keepAddress(service: UnknownObject, old: UnknownObject): UnknownObject {
  const spec = fieldsIn(service['spec']);
  const before = fieldsIn(old['spec']);
  if (spec['type'] === 'ExternalName') return service;
  const fields = ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy'];
  const kept = fields.flatMap((field) =>
    spec[field] === undefined && before[field] !== undefined ? [[field, before[field]] as const] : [],
  );
  return { ...service, spec: { ...Object.fromEntries(kept), ...spec } };
}

function validateService(spec: JsonObject): readonly Cause[] {
  const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
  const ports = itemsIn(spec['ports']).map(fieldsIn);
  const needsPorts = spec['type'] !== 'ExternalName' && spec['clusterIP'] !== 'None';
  const causes: Cause[] = ports.length === 0 && needsPorts ? [requiredValue('spec.ports')] : [];
  ports.forEach((port, i) => {
    const at = `spec.ports[${i}]`;
    if (ports.length > 1 && (port['name'] ?? '') === '') causes.push(requiredValue(`${at}.name`));
    causes.push(...validatePort(port['port'] ?? 0, `${at}.port`));
    if (typeof port['targetPort'] !== 'string')
      causes.push(...validatePort(port['targetPort'] ?? 0, `${at}.targetPort`));
  });
  if (!types.some((type) => type === spec['type']))
    causes.push(unsupportedValue('spec.type', spec['type'], types));
  return causes;
}

function validatePort(port: unknown, field: string): readonly Cause[] {
  const isPort = typeof port === 'number' && port >= 1 && port <= 65_535;
  return isPort ? [] : [invalidValue(field, port, 'must be between 1 and 65535, inclusive')];
}
