import { readFileSync } from 'node:fs';
import { parseYaml } from '#core/yaml/yaml.js';
import type { RunningProgram } from '../e2e/program.js';
import { expect } from 'chai';
import { eventually } from '../e2e/cluster.js';
import { ingress, rollout, service } from '../e2e/objects.js';
import { type BareCluster, bareCluster } from './cluster.js';
import {
  conditionOf,
  first,
  isReady,
  isRefusedWith,
  isReleased,
  reaches,
  second,
  setImage,
  stepless,
  untilReady,
} from './looks.js';

describe('a cluster that refuses', function () {
  this.timeout(150_000);
  let at: BareCluster;
  beforeEach(function () {
    at = bareCluster(this, 'bad');
  });
  afterEach(() => at.close());

  it('without a right on Ingresses: others go on, the one that needs it says which verb on which resource', async () => {
    at.installDefinitions();
    const rules = rightsOfBase().filter(({ resources }) => !resources.includes('ingresses'));
    const running = await at.controllers(at.accountWith('narrow', rules));
    await untilReady(running);
    const routed = {
      stableService: 's',
      canaryService: 'c',
      trafficRouting: { nginx: { stableIngress: 'site' } },
    };
    at.apply(
      service('s', 'routed'),
      service('c', 'routed'),
      ingress('site', 's'),
      rollout('plain', first, stepless, 1),
      rollout('routed', first, { canary: { ...routed, steps: [{ setWeight: 20 }, { pause: {} }] } }, 1),
    );
    await reaches(at, 'plain', 'Healthy');
    await isRefusedWith(
      at,
      'routed',
      /False Refused: .*cannot list resource "ingresses" in API group "networking.k8s.io"/,
    );
    at.accountWith('narrow', rightsOfBase());
    await reaches(at, 'routed', 'Healthy');
    expect(conditionOf(at, 'routed', 'Stalled')).to.equal('absent');
  });

  it('with an admission policy that refuses our writes: says so in its words, and goes on when it is gone', async () => {
    at.installDefinitions();
    const running = await at.controllers();
    await untilReady(running);
    at.apply(rollout('guarded', first, stepless, 1));
    await reaches(at, 'guarded', 'Healthy');
    at.apply(...freezeOf(at.namespace));
    try {
      await eventually('the policy holds', () => Promise.resolve(isRefused(at)));
      setImage(at, 'guarded', second);
      await eventually(
        'the condition has the words of the policy',
        () => Promise.resolve(conditionOf(at, 'guarded', 'Ready').includes('nothing changes this week')),
        () => Promise.resolve(at.get('rollout', 'guarded').status),
      );
      expect(conditionOf(at, 'guarded', 'Progressing')).to.match(
        /^False ReplicaSetCreateError: .*nothing changes this week/,
      );
    } finally {
      at.kubectl(
        'delete',
        'validatingadmissionpolicy,validatingadmissionpolicybinding',
        `freeze-${at.namespace}`,
      );
    }
    await isReleased(at, 'guarded');
  });

  it('with a webhook that does not answer: names it, keeps the old pods, and goes on when it is gone', async () => {
    at.installDefinitions();
    const running = await at.controllers();
    await untilReady(running);
    at.apply(rollout('hooked', first, stepless, 1));
    await reaches(at, 'hooked', 'Healthy');
    at.apply(deafWebhookOf(at.namespace));
    try {
      await eventually('the webhook is asked', () => Promise.resolve(isRefused(at)));
      setImage(at, 'hooked', second);
      await isRefusedWith(at, 'hooked', /^False Refused: .*failed calling webhook "deaf\.sluice\.test"/);
      expect(at.get('rollout', 'hooked').status.availableReplicas).to.equal(1);
    } finally {
      at.kubectl('delete', 'validatingwebhookconfiguration', `deaf-${at.namespace}`);
    }
    await isReleased(at, 'hooked');
  });

  it('without a right on GitRepositories: a Kustomization says which verb on which resource, Rollouts go on', async () => {
    at.installDefinitions();
    const rules = rightsOfBase().map((rule) => ({
      ...rule,
      resources: rule.resources?.filter((one: string) => !one.startsWith('gitrepositories')),
    }));
    const running = await at.controllers(at.accountWith('gitless', rules.filter(isUseful)));
    at.apply(rollout('beside', first, stepless, 1), {
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata: { name: 'app' },
      spec: { interval: '10m', prune: true, sourceRef: { kind: 'GitRepository', name: 'app' } },
    });
    await reaches(at, 'beside', 'Healthy');
    await eventually(
      'the condition names verb and resource',
      () =>
        Promise.resolve(
          /cannot list resource \\"gitrepositories\\"/.test(
            JSON.stringify(at.get('kustomization', 'app').status?.conditions ?? []),
          ),
        ),
      () => Promise.resolve([at.get('kustomization', 'app').status, warningsOf(running)]),
    );
    at.accountWith('gitless', rightsOfBase());
    await eventually(
      'it says what is missing then',
      () => Promise.resolve(/not found/.test(JSON.stringify(at.get('kustomization', 'app').status ?? {}))),
      () => Promise.resolve(at.get('kustomization', 'app').status),
      60_000,
    );
  });

  it('with a quota that is used up: says which, keeps the old pods, and goes on when there is room', async () => {
    at.installDefinitions();
    const running = await at.controllers();
    await untilReady(running);
    at.apply(rollout('many', first, stepless, 1));
    await reaches(at, 'many', 'Healthy');
    const hard = { 'count/replicasets.apps': '1' };
    at.apply({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'tight' }, spec: { hard } });
    await eventually('the quota counts', () =>
      Promise.resolve(at.get('resourcequota', 'tight').status?.used?.['count/replicasets.apps'] === '1'),
    );
    setImage(at, 'many', second);
    await isRefusedWith(at, 'many', /False Refused: .*exceeded quota: tight/);
    expect(at.get('rollout', 'many').status.availableReplicas).to.equal(1);
    at.kubectl('delete', 'resourcequota', 'tight', '-n', at.namespace);
    await isReleased(at, 'many');
  });

  it('with a namespace that ends: lets it end, without a storm of errors', async () => {
    at.installDefinitions();
    const running = await at.controllers();
    await untilReady(running);
    const other = `${at.namespace}-ends`;
    const metadata = { name: 'held', namespace: other, finalizers: ['sluice.test/held'] };
    at.kubectl('create', 'namespace', other);
    const one = rollout('leaving', first, stepless, 1);
    at.apply({ ...one, metadata: { ...one.metadata, namespace: other } });
    await eventually(
      'healthy',
      () => Promise.resolve(at.get('rollout', 'leaving', other).status?.phase === 'Healthy'),
      undefined,
      60_000,
    );
    // The Rollout outlives the others for a while, so that the controllers meet a namespace in which nothing can be made.
    at.kubectl(
      'patch',
      'rollout',
      'leaving',
      '-n',
      other,
      '--type=merge',
      '-p',
      JSON.stringify({ metadata: { finalizers: metadata.finalizers } }),
    );
    at.kubectl('delete', 'namespace', other, '--wait=false');
    await new Promise((resolve) => setTimeout(resolve, 8000));
    expect(warningsOf(running).filter(({ namespace }) => namespace === other).length).to.be.lessThan(10);
    at.kubectl(
      'patch',
      'rollout',
      'leaving',
      '-n',
      other,
      '--type=merge',
      '-p',
      '{"metadata":{"finalizers":null}}',
    );
    await eventually(
      'the namespace is gone',
      () => Promise.resolve(!at.kubectl('get', 'namespaces', '-o', 'name').includes(`/${other}\n`)),
      undefined,
      60_000,
    );
    expect(await isReady(running)).to.equal(true);
  });
});

const warningsOf = (running: RunningProgram): readonly any[] =>
  running
    .log()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
    .filter(({ level }) => level === 'warn' || level === 'error');

/** The rules of deploy/base, with those of its Roles. */
function rightsOfBase(): readonly any[] {
  const lease = {
    apiGroups: ['coordination.k8s.io'],
    resources: ['leases'],
    verbs: ['get', 'create', 'update'],
  };
  const config = { apiGroups: [''], resources: ['configmaps', 'secrets'], verbs: ['get'] };
  const parsed = parseYaml(readFileSync('deploy/base/cluster-role.yaml', 'utf8'));
  if (!parsed.ok) throw new Error('deploy/base/cluster-role.yaml does not parse');
  const role: any = parsed.value;
  return [...role.rules, lease, config];
}

function freezeOf(namespace: string): readonly object[] {
  const api = { apiVersion: 'admissionregistration.k8s.io/v1' };
  const metadata = { name: `freeze-${namespace}`, namespace: '' };
  const rule = {
    apiGroups: ['apps'],
    apiVersions: ['v1'],
    resources: ['replicasets'],
    operations: ['CREATE'],
  };
  const selector = { matchLabels: { 'kubernetes.io/metadata.name': namespace } };
  return [
    {
      ...api,
      kind: 'ValidatingAdmissionPolicy',
      metadata,
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: { resourceRules: [rule], namespaceSelector: selector },
        validations: [{ expression: 'false', message: 'nothing changes this week' }],
      },
    },
    {
      ...api,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata,
      spec: { policyName: metadata.name, validationActions: ['Deny'] },
    },
  ];
}

const isUseful = ({ resources }: { readonly resources?: readonly string[] }): boolean =>
  resources === undefined || resources.length > 0;

/** A webhook that is asked before ReplicaSets are made, at an address where nobody listens. */
function deafWebhookOf(namespace: string): object {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: `deaf-${namespace}`, namespace: '' },
    webhooks: [
      {
        name: 'deaf.sluice.test',
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        failurePolicy: 'Fail',
        timeoutSeconds: 1,
        clientConfig: { url: 'https://127.0.0.1:1/deaf' },
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        rules: [
          { apiGroups: ['apps'], apiVersions: ['v1'], resources: ['replicasets'], operations: ['CREATE'] },
        ],
      },
    ],
  };
}

/** Whether the policy holds already: a new one takes effect after a moment. */
function isRefused(at: BareCluster): boolean {
  const probe = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'probe' },
    spec: {
      replicas: 0,
      selector: { matchLabels: { a: 'b' } },
      template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'd' }] } },
    },
  };
  try {
    at.apply(probe);
    at.kubectl('delete', 'replicaset', 'probe', '-n', at.namespace);
    return false;
  } catch {
    return true;
  }
}
