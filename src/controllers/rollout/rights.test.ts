import { expect } from 'chai';
import type { Rollout } from '#api/argoproj/rollout.js';
import { kinds } from '#api/kinds.js';
import { AppError } from '#ports/errors.js';
import { trafficProviders } from '#providers/index.js';
import type { ControllerDeps } from '#runtime/controller/deps.js';
import { instantOf } from '#core/time/instant.js';
import { neededKinds, requireRights, tellRefusal } from './rights.js';

const rollout = (spec: object, status: object = {}): Rollout => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: { namespace: 'shop', name: 'web', uid: 'u', generation: 3 },
  spec: { selector: {}, template: {}, ...spec },
  status,
});
const canary = (body: object) => rollout({ strategy: { canary: body } });

const always = ['ReplicaSet', 'Pod'];
const needs: readonly (readonly [what: string, rollout: Rollout, kinds: readonly string[]])[] = [
  ['steps alone', canary({ steps: [{ setWeight: 20 }, { pause: {} }] }), []],
  ['a Service', canary({ canaryService: 'c' }), ['Service', 'EndpointSlice']],
  [
    'a background analysis',
    canary({ analysis: { templates: [{ templateName: 'a' }] } }),
    ['AnalysisRun', 'AnalysisTemplate'],
  ],
  [
    'an analysis of the cluster',
    canary({ steps: [{ analysis: { templates: [{ templateName: 'a', clusterScope: true }] } }] }),
    ['AnalysisRun', 'ClusterAnalysisTemplate'],
  ],
  ['an experiment', canary({ steps: [{ experiment: { templates: [] } }] }), ['Experiment', 'Service']],
  [
    'a Deployment',
    rollout({ workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' } }),
    ['Deployment'],
  ],
  ['a mesh', canary({ trafficRouting: { istio: { virtualService: { name: 'v' } } } }), ['VirtualService']],
  ['an Ingress', canary({ trafficRouting: { nginx: { stableIngress: 'i' } } }), ['Ingress', 'Ingress']],
];

describe('what a Rollout must be able to read', () => {
  for (const [what, one, wanted] of needs)
    it(`${what}: ${[...always, ...wanted].join(', ')}`, () => {
      expect(neededKinds(one, trafficProviders).map(({ kind }) => kind)).to.deep.equal([
        ...always,
        ...wanted,
      ]);
    });
});

/** What is written and told by controllers over a cluster that refuses a kind. */
function world() {
  const written: any[] = [];
  const told: string[] = [];
  const message = 'ingresses: User "s" cannot list resource "ingresses" in API group "networking.k8s.io"';
  const refusal = new AppError('KubeForbidden', message);
  const deps = {
    cache: { refusalOf: (kind: unknown) => (kind === kinds.ingress ? refusal : undefined) },
    clock: { now: () => instantOf(Date.UTC(2026, 0, 1)) },
    kube: {
      patch: (_key: unknown, { body }: { body: any }) => {
        written.push(body.status);
        return Promise.resolve(body);
      },
    },
    events: {
      record: (_object: unknown, events: readonly { reason: string; message: string }[]) =>
        void told.push(...events.map((event) => `${event.reason}: ${event.message}`)),
    },
  } as unknown as ControllerDeps;
  return { deps, written, told, message, refusal };
}

describe('a Rollout that lacks a right', () => {
  const named = canary({ trafficRouting: { nginx: { stableIngress: 'i' } } });

  it('says which verb on which resource is missing, in its conditions and as an event', async () => {
    const { deps, written, told, message, refusal } = world();
    const thrown: unknown = await requireRights(deps, named, trafficProviders).catch(
      (error: unknown) => error,
    );
    expect(thrown).to.equal(refusal);
    const [status] = written;
    expect(
      status.conditions.map((one: any) => `${one.type} ${one.status} ${one.reason}: ${one.message}`),
    ).to.deep.equal([`Ready False Refused: ${message}`, `Stalled True Refused: ${message}`]);
    expect(status.why[0].what).to.contain(message);
    expect(told).to.deep.equal([`ReconciliationError: ${message}`]);
  });

  it('lets those pass that do not need it', async () => {
    const { deps, written } = world();
    await requireRights(deps, canary({ steps: [] }), trafficProviders);
    expect(written).to.deep.equal([]);
  });

  it('says so once, however often it is tried', async () => {
    const { deps, written, refusal } = world();
    await tellRefusal(deps, named, refusal);
    await tellRefusal(deps, rollout(named.spec, written[0]), refusal);
    expect(written).to.have.length(1);
  });

  for (const code of ['KubeTimeout', 'KubeConflict', 'KubeUnavailable', 'NotLeader'] as const)
    it(`says nothing of what passes by itself: ${code}`, async () => {
      const { deps, written, told } = world();
      await tellRefusal(deps, named, new AppError(code, 'later'));
      expect([written, told]).to.deep.equal([[], []]);
    });
});
