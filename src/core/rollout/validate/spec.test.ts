import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { Rollout } from '#api/argoproj/rollout.js';
import { describeSpecError } from './field-error.js';
import { validateRolloutSpec } from './spec.js';

type Fields = Record<string, unknown>;

const container = { name: 'web', image: 'sluice.dev/demo:v1' };
const istio = { istio: { virtualService: { name: 'web' } } };
const bothServices = { canaryService: 'c', stableService: 's' };

const rollout = (spec: Fields): Rollout => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: { name: 'web', namespace: 'shop' },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [container] } },
    strategy: { canary: {} },
    ...spec,
  },
});
const canary = (fields: Fields) => ({ strategy: { canary: fields } });
const blueGreen = (fields: Fields) => ({ strategy: { blueGreen: { activeService: 'a', ...fields } } });
const step = (fields: Fields, routing?: Fields) =>
  canary({ steps: [fields], ...bothServices, ...(routing === undefined ? {} : { trafficRouting: routing }) });
const pod = (spec: Fields, labels: Fields = { app: 'web' }) => ({
  template: { metadata: { labels }, spec: { containers: [container], ...spec } },
});
const ofContainer = (fields: Fields) => pod({ containers: [{ ...container, ...fields }] });
const managed = { ...istio, managedRoutes: [{ name: 'beta' }] };
const fieldRef = (fieldPath: string) => ({
  analysis: {
    templates: [{ templateName: 't' }],
    args: [{ name: 'a', valueFrom: { fieldRef: { fieldPath } } }],
  },
});

describe('rules of a Rollout spec', () => {
  const rows: readonly [name: string, spec: Fields, message: string][] = [
    [
      'negative replicas',
      { replicas: -1 },
      'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      'negative minReadySeconds',
      { minReadySeconds: -1 },
      'spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      'negative revisionHistoryLimit',
      { revisionHistoryLimit: -1 },
      'spec.revisionHistoryLimit: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      'negative progressDeadlineSeconds',
      { progressDeadlineSeconds: -1 },
      'spec.progressDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      'no selector',
      { selector: undefined },
      "spec.selector: Required value: Rollout has missing field '.spec.selector'",
    ],
    [
      'empty selector',
      { selector: {} },
      'spec.selector: Invalid value: {}: empty selector is invalid for deployment',
    ],
    [
      'selector operator',
      { selector: { matchExpressions: [{ key: 'app', operator: 'Is' }] } },
      'spec.selector.matchExpressions[0].operator: Invalid value: "Is": not a valid selector operator',
    ],
    [
      'workloadRef beside a template',
      { workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } },
      'spec.template: Internal error: template must be empty for workload reference rollout',
    ],
    [
      'selector and labels',
      pod({}, { app: 'other' }),
      'spec.template.metadata.labels: Invalid value: {"app":"other"}: `selector` does not match template `labels`',
    ],
    ['no containers', pod({ containers: [] }), 'spec.template.spec.containers: Required value'],
    [
      'container without name',
      ofContainer({ name: '' }),
      'spec.template.spec.containers[0].name: Required value',
    ],
    [
      'container without image',
      ofContainer({ image: '' }),
      'spec.template.spec.containers[0].image: Required value',
    ],
    [
      'container name',
      ofContainer({ name: 'Web' }),
      'spec.template.spec.containers[0].name: Invalid value: "Web": a lowercase RFC 1123 label must consist of lower ' +
        "case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or " +
        "'123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
    ],
    [
      'two containers of one name',
      pod({ containers: [container, container] }),
      'spec.template.spec.containers[1].name: Duplicate value: "web"',
    ],
    [
      'init container with the name of a container',
      pod({ initContainers: [container] }),
      'spec.template.spec.initContainers[0].name: Duplicate value: "web"',
    ],
    [
      'port out of range',
      ofContainer({ ports: [{ containerPort: 70000 }] }),
      'spec.template.spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
    ],
    [
      'port protocol',
      ofContainer({ ports: [{ containerPort: 80, protocol: 'HTTP' }] }),
      'spec.template.spec.containers[0].ports[0].protocol: Unsupported value: "HTTP": supported values: "SCTP", "TCP", "UDP"',
    ],
    [
      'two ports of one name',
      ofContainer({
        ports: [
          { name: 'http', containerPort: 80 },
          { name: 'http', containerPort: 81 },
        ],
      }),
      'spec.template.spec.containers[0].ports[1].name: Duplicate value: "http"',
    ],
    [
      'mount of no volume',
      ofContainer({ volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }] }),
      'spec.template.spec.containers[0].volumeMounts[0].name: Not found: "tmp"',
    ],
    [
      'restart policy',
      pod({ restartPolicy: 'Never' }),
      'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
    ],
    [
      'deadline not above minReadySeconds',
      { minReadySeconds: 30, progressDeadlineSeconds: 30 },
      'spec.progressDeadlineSeconds: Invalid value: 30: must be greater than minReadySeconds',
    ],
    [
      'no strategy',
      { strategy: {} },
      "spec.strategy.strategy: Required value: Rollout has missing field '.spec.strategy.canary or .spec.strategy.blueGreen'",
    ],
    [
      'two strategies',
      { strategy: { canary: {}, blueGreen: { activeService: 'a' } } },
      'spec.strategy.strategy: Invalid value: "blueGreen: true canary: true": Multiple Strategies can not be listed',
    ],
    [
      'active is preview',
      blueGreen({ previewService: 'a' }),
      'spec.strategy.activeService: Invalid value: "a": This rollout uses the same service for the active and preview services, but two different services are required.',
    ],
    [
      'blue-green keeps more than history',
      blueGreen({ scaleDownDelayRevisionLimit: 11 }),
      "spec.strategy.scaleDownDelayRevisionLimit: Invalid value: 11: This rollout's revision history limit can not be smaller than the rollout's scale down limit",
    ],
    [
      'surge and unavailable both 0',
      canary({ maxSurge: '0%', maxUnavailable: 0 }),
      'spec.strategy.maxSurge: Invalid value: "0%": MaxSurge and MaxUnavailable both can not be zero',
    ],
    [
      'canary is stable',
      canary({ canaryService: 's', stableService: 's' }),
      'spec.strategy.stableService: Invalid value: "s": This rollout uses the same service for the stable and canary services, but two different services are required.',
    ],
    [
      'ping-pong with nginx',
      canary({
        pingPong: { pingService: 'a', pongService: 'b' },
        trafficRouting: { nginx: { stableIngress: 'i' } },
      }),
      'spec.strategy.trafficRouting.alb: Invalid value: null: Ping-pong feature works with the ALB, Istio, and plugin-based traffic routers only',
    ],
    [
      'no pong',
      canary({ pingPong: { pingService: 'a', pongService: '' }, trafficRouting: istio }),
      'spec.strategy.pingPong.pongService: Invalid value: "": Ping service and Pong service must to be set to use Ping-Pong feature',
    ],
    [
      'ping is pong',
      canary({ pingPong: { pingService: 'a', pongService: 'a' }, trafficRouting: istio }),
      'spec.strategy.pingPong.pingService: Invalid value: "a": This rollout uses the same service for the ping and pong services, but two different services are required.',
    ],
    [
      'ALB ping-pong without root service',
      canary({
        pingPong: { pingService: 'a', pongService: 'b' },
        trafficRouting: { alb: { ingress: 'i', servicePort: 80 } },
      }),
      'spec.strategy.trafficRouting.alb.rootService: Invalid value: "": Root service field is required for the configuration with ALB and ping-pong feature enabled',
    ],
    [
      'router without services',
      canary({ trafficRouting: istio }),
      'spec.strategy.stableService: Invalid value: "": Canary service and Stable service must to be set to use Traffic Routing',
    ],
    [
      'delay without router',
      canary({ scaleDownDelaySeconds: 5 }),
      'spec.strategy.scaleDownDelaySeconds: Invalid value: 5: Canary scaleDownDelaySeconds can only be used with traffic routing',
    ],
    [
      'dynamic scale without router',
      canary({ dynamicStableScale: true }),
      'spec.strategy.dynamicStableScale: Invalid value: true: Canary dynamicStableScale can only be used with traffic routing',
    ],
    [
      'dynamic scale with delay',
      canary({ ...bothServices, trafficRouting: istio, dynamicStableScale: true, scaleDownDelaySeconds: 5 }),
      'spec.strategy.dynamicStableScale: Invalid value: true: Canary dynamicStableScale cannot be used with scaleDownDelaySeconds',
    ],
    [
      'maxTrafficWeight on Istio',
      canary({ ...bothServices, trafficRouting: { ...istio, maxTrafficWeight: 1000 } }),
      'spec.strategy.trafficRouting.maxTrafficWeight: Invalid value: 1000: Canary maxTrafficWeight in traffic routing only supported in Nginx and Plugins',
    ],
    [
      'empty step',
      step({}),
      'spec.strategy.steps[0]: Invalid value: "step.Experiment: true step.Pause: true step.SetWeight: true step.Analysis: true step.SetCanaryScale: true step.SetHeaderRoute: true step.SetMirrorRoute: true step.Plugin: true": Step must have one of the following set: experiment, setWeight, setCanaryScale, plugin or pause',
    ],
    [
      'step of two members',
      step({ setWeight: 10, pause: {} }),
      'spec.strategy.steps[0]: Invalid value: "step.Experiment: false step.Pause: true step.SetWeight: true step.Analysis: false": Step must have one of the following set: experiment, setWeight, setCanaryScale, plugin or pause',
    ],
    [
      'weight above 100',
      step({ setWeight: 101 }),
      'spec.strategy.steps[0].setWeight: Invalid value: 101: SetWeight needs to be between 0 and 100',
    ],
    [
      'weight above the maximum of the router',
      step({ setWeight: 1001 }, { nginx: { stableIngress: 'i' }, maxTrafficWeight: 1000 }),
      'spec.strategy.steps[0].setWeight: Invalid value: 1001: SetWeight needs to be between 0 and 1000',
    ],
    [
      'unreadable pause',
      step({ pause: { duration: '1d' } }),
      'spec.strategy.steps[0].pause.duration: Invalid value: -1: Duration needs to be greater than 0',
    ],
    [
      'canary scale without router',
      step({ setCanaryScale: { weight: 1 } }),
      'spec.strategy.trafficRouting: Required value: SetCanaryScale requires TrafficRouting to be set',
    ],
    [
      'header route with nginx',
      step({ setHeaderRoute: { name: 'beta' } }, { nginx: { stableIngress: 'i' } }),
      'spec.strategy.steps[0].setHeaderRoute: Invalid value: {"name":"beta"}: SetHeaderRoute requires TrafficRouting, supports Istio and ALB and Apisix',
    ],
    [
      'ALB header by prefix',
      step(
        { setHeaderRoute: { name: 'beta', match: [{ headerName: 'x', headerValue: { prefix: 'a' } }] } },
        { alb: { ingress: 'i', servicePort: 80 } },
      ),
      'spec.strategy.steps[0].setHeaderRoute.match[0]: Invalid value: {"prefix":"a"}: SetHeaderRoute match value invalid. ALB supports \'exact\' value only',
    ],
    [
      'header match of two kinds',
      step(
        {
          setHeaderRoute: {
            name: 'beta',
            match: [{ headerName: 'x', headerValue: { exact: 'a', prefix: 'a' } }],
          },
        },
        managed,
      ),
      'spec.strategy.steps[0].setHeaderRoute.match[0]: Invalid value: {"exact":"a","prefix":"a"}: StringMatch match value must have exactly one of the following: exact, regex, prefix',
    ],
    [
      'mirror match of no kind',
      step({ setMirrorRoute: { name: 'beta', match: [{ path: {} }] } }, managed),
      'spec.strategy.steps[0].setMirrorRoute.match[0]: Invalid value: {}: StringMatch value missed, match value must have one of the following: exact, regex, prefix',
    ],
    [
      'mirror route with nginx',
      step({ setMirrorRoute: { name: 'beta' } }, { nginx: { stableIngress: 'i' } }),
      'spec.strategy.steps[0].setMirrorRoute: Invalid value: {"name":"beta"}: SetMirrorRoute requires TrafficRouting, supports Istio and Plugins',
    ],
    [
      'no managedRoutes',
      step({ setHeaderRoute: { name: 'beta' } }, istio),
      "spec.strategy.trafficRouting.managedRoutes: Required value: Rollout has missing field 'spec.strategy.canary.trafficRouting.managedRoutes'",
    ],
    [
      'unmanaged route',
      step({ setMirrorRoute: { name: 'other' } }, managed),
      'spec.strategy.steps[0].setMirrorRoute: Invalid value: "other": Steps define a route that does not exist in spec.strategy.canary.trafficRouting.managedRoutes',
    ],
    [
      'experiment weight without router',
      step({ experiment: { templates: [{ name: 'a', specRef: 'canary', weight: 5 }] } }),
      'spec.strategy.steps[0].experiment.templates[0].weight: Invalid value: 5: Experiment template weight cannot be set unless TrafficRouting is enabled',
    ],
    [
      'experiment weight with nginx',
      step(
        { experiment: { templates: [{ name: 'a', specRef: 'canary', weight: 5 }] } },
        { nginx: { stableIngress: 'i' } },
      ),
      'spec.strategy.steps[0].experiment.templates[0].weight: Invalid value: 5: Experiment template weight is only available for TrafficRouting with SMI, ALB, Istio and Plugins at this time',
    ],
    [
      'analysis argument from unknown metadata',
      step(fieldRef('metadata.generation')),
      'spec.strategy.steps[0].analyses: Invalid value: [{"name":"a","valueFrom":{"fieldRef":{"fieldPath":"metadata.generation"}}}]: Analyses arguments must refer to valid object metadata supported by downwardAPI',
    ],
    [
      'empty anti-affinity',
      canary({ antiAffinity: {} }),
      'spec.strategy.antiAffinity: Invalid value: "antiAffinity.PreferredDuringSchedulingIgnoredDuringExecution: false antiAffinity.RequiredDuringSchedulingIgnoredDuringExecution: false": AntiAffinity must have exactly one strategy listed',
    ],
    [
      'anti-affinity weight',
      blueGreen({ antiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: { weight: 101 } } }),
      'spec.strategy.antiAffinity.weight: Invalid value: 101: AntiAffinity weight must be between 1-100',
    ],
  ];
  for (const [name, spec, message] of rows) {
    it(`names ${name}`, () => {
      const error = validateRolloutSpec(rollout(spec));
      expect(error && describeSpecError('web', error)).to.equal(`The Rollout "web" is invalid: ${message}`);
    });
  }

  const valid: readonly [name: string, spec: Fields][] = [
    ['a canary without steps', {}],
    ['setWeight beside setCanaryScale', step({ setWeight: 5, setCanaryScale: { replicas: 1 } }, istio)],
    [
      'pauses in seconds, text and Go syntax',
      canary({ steps: ['5', 5, '1h30m'].map((duration) => ({ pause: { duration } })) }),
    ],
    [
      'an Istio subset split without Services',
      canary({
        trafficRouting: {
          istio: {
            virtualService: { name: 'v' },
            destinationRule: { name: 'd', canarySubsetName: 'c', stableSubsetName: 's' },
          },
        },
      }),
    ],
    [
      'a header route through a plugin',
      step(
        { setHeaderRoute: { name: 'beta' } },
        { plugins: { 'a/b': {} }, managedRoutes: [{ name: 'beta' }] },
      ),
    ],
    [
      'a reference to a workload',
      {
        template: undefined,
        selector: undefined,
        workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      },
    ],
    ['an argument from metadata', step(fieldRef("metadata.labels['app']"))],
  ];
  for (const [name, spec] of valid) {
    it(`lets ${name} pass`, () => expect(validateRolloutSpec(rollout(spec))).to.equal(undefined));
  }

  it('says of hundreds of specs what the peer says of them (2.5)', () => {
    const lines = readFileSync('test/cases/validation/rollout-specs.jsonl', 'utf8').trim().split('\n');
    for (const line of lines) {
      const { change, says } = JSON.parse(line) as { change: Fields; says: string };
      // A field that is null is one that is left out.
      const left = Object.fromEntries(
        Object.entries(change).map(([key, value]) => [key, value ?? undefined]),
      );
      const error = validateRolloutSpec(rollout(left));
      expect(error === undefined ? '' : `${error.path}: ${error.message}`, line).to.equal(says);
    }
    expect(lines.length).to.be.greaterThan(300);
  });
});
