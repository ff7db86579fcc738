import { expect } from 'chai';
import type { AnalysisTemplate, Metric } from '#api/argoproj/analysis-template.js';
import type { Rollout } from '#api/argoproj/rollout.js';
import type { Service } from '#api/k8s/core-kinds.js';
import type { Router } from '#core/traffic/router.js';
import { validateRolloutReferences, type RolloutReferences } from './references.js';

const rollout = (strategy: Rollout['spec']['strategy']): Rollout => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: { name: 'web', namespace: 'shop' },
  spec: {
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [] } },
    ...(strategy === undefined ? {} : { strategy }),
  },
});
const service = (selector: Record<string, string>, annotations: Record<string, string> = {}): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 's', namespace: 'shop', annotations },
  spec: { selector },
});
const template = (
  name: string,
  metric: Partial<Metric>,
  args: AnalysisTemplate['spec']['args'] = [],
): AnalysisTemplate => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AnalysisTemplate',
  metadata: { name, namespace: 'shop' },
  spec: { args, metrics: [{ name: 'ok', provider: { web: { url: 'http://x' } }, ...metric }] },
});
const none: RolloutReferences = { services: {}, templates: { namespaced: [], cluster: [] }, routers: [] };
const stable = rollout({ canary: { stableService: 's' } });
const inline = rollout({ canary: { steps: [{ analysis: { templates: [{ templateName: 't' }] } }] } });
const background = rollout({ canary: { analysis: { templates: [{ templateName: 't' }] } } });
const withTemplate = (item: AnalysisTemplate): RolloutReferences => ({
  ...none,
  templates: { namespaced: [item], cluster: [] },
});

const refusing: Router = {
  id: 'nginx',
  type: 'Nginx',
  steers: null,
  propagationMs: 0,
  capabilities: {
    weights: true,
    headerRoutes: false,
    mirrorRoutes: false,
    additionalDestinations: false,
    maxTrafficWeight: true,
    pingPong: false,
    subsets: false,
    confirm: 'wait',
    propagationMs: 0,
  },
  plan: () => ({ ok: true, changes: [] }),
  read: () => ({ kind: 'unknown', why: 'not observed' }),
  validate: () => ({
    path: 'nginx.stableIngress',
    value: 'i',
    message: 'ingress `i` has no rules using service s backend',
  }),
};

describe('rules over what a Rollout names', () => {
  const rows: readonly [name: string, rollout: Rollout, refs: RolloutReferences, error: string][] = [
    [
      'a workload that cannot be read',
      { ...stable, spec: { ...stable.spec, workloadRef: { kind: 'Deployment', name: 'w' } } },
      { ...none, workloadProblem: 'deployments.apps "w" not found' },
      'spec.workloadRef: Invalid value: {"kind":"Deployment","name":"w"}: deployments.apps "w" not found',
    ],
    [
      'a Service that is not there',
      stable,
      none,
      'spec.strategy.canary.stableService: Invalid value: "s": service "s" not found',
    ],
    [
      'a Service that selects other pods',
      rollout({ blueGreen: { activeService: 's' } }),
      { ...none, services: { s: service({ app: 'other', 'rollouts-pod-template-hash': 'x' }) } },
      'spec.strategy.blueGreen.activeService: Invalid value: "s": Service "s" has unmatch label "app" in rollout',
    ],
    [
      'a Service of another Rollout',
      stable,
      { ...none, services: { s: service({}, { 'argo-rollouts.argoproj.io/managed-by-rollouts': 'api' }) } },
      'spec.strategy.canary.stableService: Invalid value: "s": Service "s" is managed by another Rollout',
    ],
    [
      'a template that is not there',
      inline,
      none,
      `spec.strategy.canary.steps[0].analysis.templates: Invalid value: "t": AnalysisTemplate 't' not found`,
    ],
    [
      'an inline metric without end',
      inline,
      withTemplate(template('t', { interval: '5s' })),
      'spec.strategy.canary.steps[0].analysis.templates: Invalid value: "t": AnalysisTemplate t has metric ok which runs indefinitely. Invalid value for count: <nil>',
    ],
    [
      'a background argument that nobody gives',
      background,
      withTemplate(template('t', {}, [{ name: 'host' }])),
      'spec.strategy.canary.analysis.templates: Invalid value: "templateNames: [t]": args.host was not resolved',
    ],
    [
      'a router that nobody drives',
      rollout({ canary: { trafficRouting: {} } }),
      { ...none, unknownRouters: ['apisix'] },
      'spec.strategy.canary.trafficRouting.apisix: Invalid value: "apisix": this build of Sluice has no such traffic router',
    ],
    [
      'what a router finds wrong',
      rollout({ canary: { trafficRouting: { nginx: { stableIngress: 'i' } } } }),
      { ...none, routers: [refusing] },
      'spec.strategy.canary.trafficRouting.nginx.stableIngress: Invalid value: "i": ingress `i` has no rules using service s backend',
    ],
  ];
  for (const [name, subject, refs, error] of rows) {
    it(`names ${name}`, () => {
      const found = validateRolloutReferences(subject, refs);
      expect(found && `${found.path}: ${found.message}`).to.equal(error);
    });
  }

  it('lets a Service select the metadata of its role', () => {
    const labelled = rollout({
      canary: { stableService: 's', stableMetadata: { labels: { role: 'stable' } } },
    });
    const refs = { ...none, services: { s: service({ app: 'web', role: 'stable' }) } };
    expect(validateRolloutReferences(labelled, refs)).to.equal(undefined);
  });
});
