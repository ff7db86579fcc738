import { Type, type TProperties } from '@sinclair/typebox';
import type { PodTemplateSpec } from '../k8s/core-kinds.js';
import { int32, int64, keepUnknown, listMap, stringMap } from './dialect.js';

/*
 * A skeleton: every object keeps what is not named here, and every list that the peers merge by keys has those keys,
 * since server-side apply would treat the list as one value without them.
 */
const text = () => Type.Optional(Type.String());
const texts = () => Type.Optional(Type.Array(Type.String()));
const open = <P extends TProperties>(properties: P) => Type.Object(properties, keepUnknown);
const named = () => open({ name: Type.String() });

const resources = open({
  claims: Type.Optional(listMap(named(), ['name'])),
  limits: Type.Optional(open({})),
  requests: Type.Optional(open({})),
});

const port = open({
  name: text(),
  containerPort: int32(),
  hostPort: Type.Optional(int32()),
  hostIP: text(),
  protocol: Type.Optional(Type.String({ default: 'TCP' })),
});

const container = open({
  name: Type.String(),
  image: text(),
  command: texts(),
  args: texts(),
  workingDir: text(),
  imagePullPolicy: text(),
  env: Type.Optional(listMap(open({ name: Type.String(), value: text() }), ['name'])),
  ports: Type.Optional(listMap(port, ['containerPort', 'protocol'])),
  resources: Type.Optional(resources),
  volumeMounts: Type.Optional(
    listMap(open({ name: Type.String(), mountPath: Type.String() }), ['mountPath']),
  ),
  volumeDevices: Type.Optional(
    listMap(open({ name: Type.String(), devicePath: Type.String() }), ['devicePath']),
  ),
});

const containers = listMap(container, ['name']);

const podSpec = open({
  containers: Type.Optional(containers),
  initContainers: Type.Optional(containers),
  ephemeralContainers: Type.Optional(containers),
  volumes: Type.Optional(listMap(named(), ['name'])),
  imagePullSecrets: Type.Optional(
    listMap(open({ name: Type.Optional(Type.String({ default: '' })) }), ['name']),
  ),
  hostAliases: Type.Optional(listMap(open({ ip: Type.String(), hostnames: texts() }), ['ip'])),
  topologySpreadConstraints: Type.Optional(
    listMap(open({ maxSkew: int32(), topologyKey: Type.String(), whenUnsatisfiable: Type.String() }), [
      'topologyKey',
      'whenUnsatisfiable',
    ]),
  ),
  schedulingGates: Type.Optional(listMap(named(), ['name'])),
  resourceClaims: Type.Optional(listMap(named(), ['name'])),
  nodeSelector: Type.Optional(stringMap()),
  restartPolicy: text(),
  serviceAccountName: text(),
  terminationGracePeriodSeconds: Type.Optional(int64()),
});

/** A pod template. Fields that are not named here are kept as they are, at every level. */
export const podTemplateSchema = Type.Unsafe<PodTemplateSpec>(
  open({
    metadata: Type.Optional(
      open({ labels: Type.Optional(stringMap()), annotations: Type.Optional(stringMap()) }),
    ),
    spec: Type.Optional(podSpec),
  }),
);
