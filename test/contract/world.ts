import type { ContractTarget } from './target.js';

let made = 0;

/** A new namespace with a name that no other test has; returns the paths of its collections. */
export async function freshNamespace(target: ContractTarget): Promise<Places> {
  made += 1;
  const name = `contract-${process.pid}-${Date.now().toString(36)}-${made}`;
  await target.send('POST', '/api/v1/namespaces', { metadata: { name } });
  const core = (plural: string): string => `/api/v1/namespaces/${name}/${plural}`;
  // A real cluster brings it a moment later, and refuses pods until then.
  if (target.isReal) {
    await until('the service account is there', async () => {
      return (await target.send('GET', `${core('serviceaccounts')}/default`)).code === 200;
    });
  }
  const apps = (plural: string): string => `/apis/apps/v1/namespaces/${name}/${plural}`;
  const custom = (plural: string): string => `/apis/contract.sluice.test/v1/namespaces/${name}/${plural}`;
  return { name, core, apps, custom };
}

/** Paths inside one namespace. */
export interface Places {
  readonly name: string;
  core(plural: string): string;
  apps(plural: string): string;
  custom(plural: string): string;
}

export const mergePatch = 'application/merge-patch+json';
export const jsonPatch = 'application/json-patch+json';
export const strategicPatch = 'application/strategic-merge-patch+json';
export const applyPatch = 'application/apply-patch+yaml';

/** A config map with one entry. */
export function configMap(name: string, data: Readonly<Record<string, string>> = { a: '1' }): any {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data };
}

/** A Deployment with one container. */
export function deployment(name: string, image = 'web:1'): any {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'web', image }] },
      },
    },
  };
}

/** The definition of `Widget`, a kind with a status and a scale, and of `Gadget`, one without either. */
export const contractCrds: readonly any[] = [
  crd('Widget', 'widgets', {
    subresources: {
      status: {},
      scale: {
        specReplicasPath: '.spec.replicas',
        statusReplicasPath: '.status.replicas',
        labelSelectorPath: '.status.selector',
      },
    },
    schema: {
      type: 'object',
      required: ['spec'],
      properties: {
        spec: {
          type: 'object',
          required: ['size'],
          'x-kubernetes-validations': [
            { rule: '!has(oldSelf.colour) || has(self.colour)', message: 'colour may not be removed' },
          ],
          properties: {
            size: { type: 'integer', minimum: 1, maximum: 10 },
            colour: {
              type: 'string',
              enum: ['red', 'blue'],
              'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'colour is immutable' }],
            },
            name: { type: 'string', pattern: '^[a-z]+$', minLength: 2, maxLength: 5 },
            replicas: { type: 'integer', default: 3 },
            port: { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] },
            tags: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set', maxItems: 3 },
            parts: {
              type: 'array',
              'x-kubernetes-list-type': 'map',
              'x-kubernetes-list-map-keys': ['name'],
              items: {
                type: 'object',
                required: ['name'],
                properties: { name: { type: 'string' }, weight: { type: 'integer', default: 1 } },
              },
            },
            free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
            either: {
              type: 'object',
              properties: { a: { type: 'string' }, b: { type: 'string' } },
              oneOf: [{ required: ['a'] }, { required: ['b'] }],
            },
            embedded: {
              type: 'object',
              'x-kubernetes-embedded-resource': true,
              'x-kubernetes-preserve-unknown-fields': true,
            },
          },
        },
        status: {
          type: 'object',
          properties: {
            replicas: { type: 'integer' },
            selector: { type: 'string' },
            phase: { type: 'string' },
          },
        },
      },
    },
    columns: [{ name: 'Size', type: 'integer', jsonPath: '.spec.size' }],
  }),
  crd('Gadget', 'gadgets', {
    schema: {
      type: 'object',
      properties: {
        spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      },
    },
  }),
];

function crd(
  kind: string,
  plural: string,
  version: { subresources?: object; schema: object; columns?: object[] },
): any {
  const group = 'contract.sluice.test';
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: version.schema },
          ...(version.subresources === undefined ? {} : { subresources: version.subresources }),
          ...(version.columns === undefined ? {} : { additionalPrinterColumns: version.columns }),
        },
      ],
    },
  };
}

/** Creates the contract's CRDs and waits until they are served. */
export async function installContractCrds(target: ContractTarget): Promise<void> {
  for (const one of contractCrds)
    await target.send('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', one);
  await until('the contract kinds are served', async () => {
    const widgets = await target.send('GET', '/apis/contract.sluice.test/v1/widgets');
    const gadgets = await target.send('GET', '/apis/contract.sluice.test/v1/gadgets');
    return widgets.code === 200 && gadgets.code === 200;
  });
}

async function until(sentence: string, probe: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    if (await probe()) return;
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
  }
  throw new Error(`never: ${sentence}`);
}

/** A valid Widget. */
export function widget(name: string, spec: object = {}): any {
  return {
    apiVersion: 'contract.sluice.test/v1',
    kind: 'Widget',
    metadata: { name },
    spec: { size: 1, ...spec },
  };
}
