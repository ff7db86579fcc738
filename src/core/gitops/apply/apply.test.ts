import { expect } from 'chai';
import type { UnknownObject } from '#api/k8s/meta.js';
import { mayPrune } from './controls.js';
import { inventoryId, inventoryOf, parseInventoryEntry, staleEntries } from './inventory.js';
import { contentFingerprint } from './fingerprints.js';
import { planApply, planPayload } from './plan.js';
import { prepareObjects } from './prepare.js';
import { compareForDelete, stagesOf } from './stages.js';

const object = (
  apiVersion: string,
  kind: string,
  name: string,
  namespace?: string,
  more = {},
): UnknownObject => ({
  apiVersion,
  kind,
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  ...more,
});

describe('inventory', () => {
  const cases: readonly [object: UnknownObject, id: string][] = [
    [object('v1', 'Namespace', 'shop'), '_shop__Namespace'],
    [object('apps/v1', 'Deployment', 'web', 'shop'), 'shop_web_apps_Deployment'],
    [object('v1', 'Service', 'web', 'shop'), 'shop_web__Service'],
    [
      object('rbac.authorization.k8s.io/v1', 'ClusterRole', 'shop:reader'),
      '_shop__reader_rbac.authorization.k8s.io_ClusterRole',
    ],
  ];
  for (const [each, id] of cases) {
    it(`names ${id} and reads it back`, () => {
      expect(inventoryId(each)).to.equal(id);
      const [entry] = inventoryOf([each]);
      expect(entry && parseInventoryEntry(entry)).to.deep.include({
        kind: each.kind,
        name: each.metadata.name,
      });
    });
  }
  it('does not call an object stale whose version alone changed', () => {
    const old = [
      { id: 'a_b__C', v: 'v1' },
      { id: 'a_x__C', v: 'v1' },
    ];
    expect(staleEntries(old, [{ id: 'a_b__C', v: 'v2' }])).to.deep.equal([{ id: 'a_x__C', v: 'v1' }]);
  });
});

describe('stages', () => {
  const all = [
    object('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', 'w'),
    object('example.com/v1', 'Thing', 't', 'a'),
    object('apps/v1', 'Deployment', 'web', 'b'),
    object('apps/v1', 'Deployment', 'web', 'a'),
    object('v1', 'Service', 'web', 'a'),
    object('storage.k8s.io/v1', 'StorageClass', 'fast'),
    object('v1', 'Namespace', 'a'),
    object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'things'),
    object('v1', 'ConfigMap', 'c', 'a'),
  ];
  it('put definitions first, classes second and webhooks last', () => {
    const names = stagesOf(all, ['example.com/Thing']).map(({ objects }) =>
      objects.map(({ kind, metadata }) => `${kind}/${metadata.namespace ?? ''}`),
    );
    expect(names).to.deep.equal([
      ['CustomResourceDefinition/', 'Namespace/'],
      ['StorageClass/'],
      ['Thing/a'],
      ['ConfigMap/a', 'Service/a', 'Deployment/a', 'Deployment/b', 'ValidatingWebhookConfiguration/'],
    ]);
  });
  it('are undone in the opposite order', () => {
    const entries = [...inventoryOf(all)].sort(compareForDelete).map(({ id }) => id);
    expect(entries[0]).to.match(/Webhook/);
    expect(entries.slice(-2)).to.deep.equal([
      '_a__Namespace',
      '_things_apiextensions.k8s.io_CustomResourceDefinition',
    ]);
  });
});

describe('prune', () => {
  const labelled = (labels: Record<string, string>, annotations = {}) => ({
    ...object('v1', 'ConfigMap', 'a', 'x'),
    metadata: { name: 'a', labels, annotations },
  });
  const prefix = 'kustomize.toolkit.fluxcd.io/';
  const ours = { [`${prefix}name`]: 'app', [`${prefix}namespace`]: 'flux' };
  const owner = { name: 'app', namespace: 'flux' };
  it('takes only what is still ours and is not kept', () => {
    expect(mayPrune(labelled(ours), owner)).to.equal(true);
    expect(mayPrune(labelled({ ...ours, [`${prefix}name`]: 'other' }), owner)).to.equal(false);
    expect(mayPrune(labelled({}), owner)).to.equal(false);
    expect(mayPrune(labelled(ours, { [`${prefix}prune`]: 'Disabled' }), owner)).to.equal(false);
    expect(mayPrune(labelled({ ...ours, [`${prefix}ssa`]: 'ignore' }), owner)).to.equal(false);
  });
});

describe('prepared objects', () => {
  for (const [caBundle, isKept] of [
    ['Cg==', true],
    ['', true],
    ['${CA}', false],
    ['not base64', false],
  ] as const) {
    it(`${isKept ? 'keep' : 'drop'} the certificate ${JSON.stringify(caBundle)} of a conversion webhook`, () => {
      const definition: UnknownObject = {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: 'things.x.io' },
        spec: {
          conversion: { strategy: 'Webhook', webhook: { clientConfig: { url: 'https://x', caBundle } } },
        },
      };
      const spec = { interval: '1m', prune: false, sourceRef: { kind: 'GitRepository', name: 'a' } } as const;
      const [prepared] = prepareObjects([definition], { metadata: { name: 'k', namespace: 'n' }, spec });
      const clientConfig = { url: 'https://x', ...(isKept ? { caBundle } : {}) };
      expect(prepared?.['spec']).to.deep.equal({
        conversion: { strategy: 'Webhook', webhook: { clientConfig } },
      });
    });
  }

  it('carry their owner, fold stringData and lose status', () => {
    const secret = object('v1', 'Secret', 's', 'a', {
      stringData: { k: 'v' },
      data: { o: 'bw==' },
      status: {},
    });
    const [ready] = prepareObjects([secret], {
      metadata: { name: 'app', namespace: 'flux' },
      spec: {
        interval: '1m',
        sourceRef: { kind: 'GitRepository', name: 'x' },
        commonMetadata: { annotations: { n: '1' } },
      },
    } as never);
    expect(ready).to.deep.equal({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: 's',
        namespace: 'a',
        labels: {
          'kustomize.toolkit.fluxcd.io/name': 'app',
          'kustomize.toolkit.fluxcd.io/namespace': 'flux',
        },
        annotations: { n: '1' },
      },
      data: { o: 'bw==', k: 'dg==' },
    });
  });

  const containers = [{ name: 'web', ports: [{ containerPort: 80 }] }];
  const typed = [{ name: 'web', ports: [{ containerPort: 80, protocol: 'TCP' }], resources: {} }];
  const written: readonly [apiVersion: string, kind: string, spec: object, typed: object][] = [
    [
      'batch/v1',
      'Job',
      { template: { spec: { containers } } },
      { template: { metadata: {}, spec: { containers: typed } } },
    ],
    [
      'apps/v1',
      'Deployment',
      { template: { metadata: { labels: { app: 'web' } }, spec: { containers } } },
      { strategy: {}, template: { metadata: { labels: { app: 'web' } }, spec: { containers: typed } } },
    ],
    [
      'apps/v1',
      'StatefulSet',
      { template: { spec: {} }, volumeClaimTemplates: [{ metadata: { name: 'data' } }] },
      {
        template: { metadata: {}, spec: {} },
        updateStrategy: {},
        volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { resources: {} }, status: {} }],
      },
    ],
    [
      'batch/v1',
      'CronJob',
      { jobTemplate: { spec: { template: { spec: { containers } } } } },
      { jobTemplate: { metadata: {}, spec: { template: { metadata: {}, spec: { containers: typed } } } } },
    ],
    ['argoproj.io/v1alpha1', 'Rollout', { template: {} }, { template: {} }],
  ];
  for (const [apiVersion, kind, given, wanted] of written) {
    it(`own of a ${kind} what its types never leave out, so that taking over from the peer takes nothing away`, () => {
      const manifest = object(apiVersion, kind, 'web', 'shop', { spec: given });
      const owner = {
        metadata: { name: 'k', namespace: 'n' },
        spec: { interval: '1m', prune: true, sourceRef: { kind: 'GitRepository', name: 'g' } },
      } as const;
      const [ready] = prepareObjects([manifest], owner);
      expect(ready?.['spec']).to.deep.equal(wanted);
    });
  }
});

describe('leases of a running release', () => {
  const route = (stable: number, canary: number, extra: readonly object[] = []) => ({
    ...object('networking.istio.io/v1', 'VirtualService', 'web', 'shop'),
    spec: {
      http: [
        ...extra,
        {
          name: 'primary',
          route: [
            { destination: { host: 'stable' }, weight: stable },
            { destination: { host: 'canary' }, weight: canary },
          ],
        },
      ],
    },
  });
  const managed = { name: 'set-header', match: [{ headers: {} }] };
  const lease = {
    group: 'networking.istio.io',
    kind: 'VirtualService',
    namespace: 'shop',
    name: 'web',
    paths: ['/spec/http/*/route/*/weight', '/spec/http/name=set-header'],
  };
  const live: UnknownObject = {
    ...route(80, 20, [managed]),
    metadata: { name: 'web', namespace: 'shop', resourceVersion: '7' },
  };

  it('put live weights and managed routes into what is sent, with the version they were read at', () => {
    const { payload } = planPayload(route(100, 0), live, [lease]);
    expect(payload['spec']).to.deep.equal(live['spec']);
    expect(payload.metadata.resourceVersion).to.equal('7');
  });
  it('make no change of what only they changed, and a change of the rest', () => {
    const input = { live: new Map([[inventoryId(live), live]]), inventory: [], leases: [lease], prune: true };
    const actions = (desired: UnknownObject) =>
      planApply({ ...input, objects: [desired] }).map((c) => c.action);
    expect(actions(route(100, 0))).to.deep.equal(['unchanged']);
    expect(actions(route(100, 0, [{ name: 'more' }]))).to.deep.equal(['configured']);
    expect(planApply({ ...input, leases: [], objects: [route(100, 0)] })[0]?.action).to.equal('configured');
  });
  it('are no drift', () => {
    expect(contentFingerprint(live, [lease])).to.equal(contentFingerprint(route(50, 50), [lease]));
    expect(contentFingerprint(live, [])).not.to.equal(contentFingerprint(route(50, 50), []));
  });
  it('put in a key that the manifest does not have, for the map may be applied as a whole', () => {
    const service = { ...object('v1', 'Service', 'web', 'shop'), spec: { selector: { app: 'web' } } };
    const hashed = { ...service, spec: { selector: { app: 'web', hash: 'abc' } } };
    const owned = {
      group: '',
      kind: 'Service',
      namespace: 'shop',
      name: 'web',
      paths: ['/spec/selector/hash'],
    };
    expect(planPayload(service, hashed, [owned]).payload['spec']).to.deep.equal(hashed.spec);
    expect(contentFingerprint(service, [owned])).to.equal(contentFingerprint(hashed, [owned]));
  });
  it('keep the live replicas and drop what the cluster does not have', () => {
    const desired = {
      ...object('apps/v1', 'Deployment', 'web', 'shop'),
      spec: { replicas: 3, paused: true },
    };
    const scaled = { ...desired, spec: { replicas: 9 } };
    const owned = {
      group: 'apps',
      kind: 'Deployment',
      namespace: 'shop',
      name: 'web',
      paths: ['/spec/replicas', '/spec/paused'],
    };
    expect(planPayload(desired, scaled, [owned]).payload['spec']).to.deep.equal({ replicas: 9 });
    expect(planPayload(desired, undefined, [owned]).payload).to.deep.equal(desired);
  });
});
