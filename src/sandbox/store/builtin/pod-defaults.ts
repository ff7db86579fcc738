import { isObject, type JsonObject } from '#core/json/json.js';

/** Fields of an object, or of none when it is no object. */
export function fieldsIn(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** The items of a list, or none. */
export function itemsIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The defaults under the fields of an object: what is there wins. */
export function withDefaults(defaults: JsonObject, value: unknown): JsonObject {
  return { ...defaults, ...fieldsIn(value) };
}

/** A pod's spec with what the server fills in. */
export function defaultPodSpec(value: unknown): JsonObject {
  const spec = withDefaults(
    {
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      securityContext: {},
      schedulerName: 'default-scheduler',
    },
    value,
  );
  return {
    ...spec,
    ...mapList(spec, 'containers', defaultContainer),
    ...mapList(spec, 'initContainers', defaultContainer),
    ...mapList(spec, 'volumes', defaultVolume),
    ...(typeof spec['serviceAccountName'] === 'string' ? { serviceAccount: spec['serviceAccountName'] } : {}),
  };
}

/** A pod template with what the server fills in. */
export function defaultTemplate(value: unknown): JsonObject {
  const template = fieldsIn(value);
  return { ...template, metadata: fieldsIn(template['metadata']), spec: defaultPodSpec(template['spec']) };
}

function mapList(owner: JsonObject, field: string, change: (item: JsonObject) => JsonObject): JsonObject {
  const list = owner[field];
  return Array.isArray(list) ? { [field]: list.map((item) => change(fieldsIn(item))) } : {};
}

function defaultContainer(container: JsonObject): JsonObject {
  const image = typeof container['image'] === 'string' ? container['image'] : '';
  return {
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: isLatest(image) ? 'Always' : 'IfNotPresent',
    ...container,
    ...mapList(container, 'ports', (port) => withDefaults({ protocol: 'TCP' }, port)),
    ...mapList(container, 'env', defaultVariable),
    ...probe(container, 'livenessProbe'),
    ...probe(container, 'readinessProbe'),
    ...probe(container, 'startupProbe'),
  };
}

/** Whether an image has no tag or the tag `latest`, and no digest. */
function isLatest(image: string): boolean {
  const name = image.slice(image.lastIndexOf('/') + 1);
  return !name.includes('@') && (!name.includes(':') || name.endsWith(':latest'));
}

function defaultVariable(variable: JsonObject): JsonObject {
  const source = variable['valueFrom'];
  if (!isObject(source) || !isObject(source['fieldRef'])) return variable;
  return { ...variable, valueFrom: { ...source, fieldRef: { apiVersion: 'v1', ...source['fieldRef'] } } };
}

function probe(container: JsonObject, field: string): JsonObject {
  const value = container[field];
  if (!isObject(value)) return {};
  const http = value['httpGet'];
  const defaults = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 };
  return {
    [field]: {
      ...defaults,
      ...value,
      ...(isObject(http) ? { httpGet: { path: '/', scheme: 'HTTP', ...http } } : {}),
    },
  };
}

function defaultVolume(volume: JsonObject): JsonObject {
  const filled = ['configMap', 'secret', 'downwardAPI', 'projected'].flatMap((source) =>
    isObject(volume[source]) ? [[source, { defaultMode: 420, ...volume[source] }] as const] : [],
  );
  return { ...volume, ...Object.fromEntries(filled) };
}
