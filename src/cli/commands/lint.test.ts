import { expect } from 'chai';
import { createCliWorld, type Finished } from '#test/fakes/cli-io.js';

function rolloutText(steps: string, more = ''): string {
  return `apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web:1}]}
  strategy:
    canary:
      steps: ${steps}
${more}`;
}

const good = rolloutText('[{setWeight: 20}, {pause: {}}]');
const service = 'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: other}}\n';

async function lint(text: string, line = 'lint -f a.yaml'): Promise<Finished> {
  const world = await createCliWorld({ files: { 'a.yaml': text, '-': text } });
  return world.run(line);
}

describe('sluice lint', () => {
  it('has nothing to say about good manifests', async () => {
    const { code, out, err } = await lint(`${good}---\n# nothing\n---\n${service}`);
    expect([code, out, err]).to.deep.equal([0, '2 objects checked, nothing wrong\n', '']);
    expect((await lint(good, 'lint -f -')).out).to.equal('1 object checked, nothing wrong\n');
  });
  it('names the line of what is no YAML', async () => {
    const { code, out, err } = await lint(`${good}---\nkind: Service\nspec: {a: [}\n`);
    expect([code, out]).to.deep.equal([1, '']);
    expect(err).to.match(/^a\.yaml:1[56]: /);
  });
  it('names a field that does not fit its schema', async () => {
    const { code, err } = await lint(good.replace('replicas: 2', 'replicas: two'));
    expect([code, err]).to.deep.equal([1, 'a.yaml:5: Rollout/web: spec.replicas: must be integer\n']);
  });
  it('names the rule of the spec that is broken, in the words of the controller', async () => {
    const { code, err } = await lint(`${service}---\n${rolloutText('[{setWeight: 120}]')}`);
    expect(code).to.equal(1);
    expect(err).to.match(
      /^a\.yaml:17: The Rollout "web" is invalid: spec\.strategy\.steps\[0\]\.setWeight: /,
    );
  });
  it('asks the rules over Services when they are there', async () => {
    const text = rolloutText('[{setWeight: 20}]', '      canaryService: web\n      stableService: stable\n');
    expect((await lint(text)).code).to.equal(0);
    const both = `${text}---\n${service}---\n${service.replace('name: web', 'name: stable')}`;
    const { code, err } = await lint(both);
    expect(code).to.equal(1);
    expect(err).to.match(/spec\.strategy\.canary\.(stable|canary)Service: Invalid value/);
  });
  it('asks the rules over routers when the objects that they move are there', async () => {
    const routed = rolloutText(
      '[{setWeight: 20}]',
      `      canaryService: web
      stableService: stable
      trafficRouting: {nginx: {stableIngress: web}}
`,
    );
    expect((await lint(routed)).code).to.equal(0);
    const ingress = (backend: string): string => `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  rules:
    - host: a.example
      http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: ${backend}, port: {number: 80}}}}]}
`;
    expect((await lint(`${routed}---\n${ingress('stable')}`)).err).to.equal('');
    const { code, err } = await lint(`${routed}---\n${ingress('other')}`);
    expect(code).to.equal(1);
    expect(err).to.match(/^a\.yaml:\d+: .*ingress `web` has no rules using service stable backend/);
  });
  it('asks whether a VirtualService that is there sends to both Services', async () => {
    const routed = rolloutText(
      '[{setWeight: 20}]',
      `      canaryService: web
      stableService: stable
      trafficRouting: {istio: {virtualService: {name: web}}}
`,
    );
    expect((await lint(routed)).err).to.equal('');
    const routes = `apiVersion: networking.istio.io/v1beta1
kind: VirtualService
metadata: {name: web}
spec: {http: [{route: [{destination: {host: stable}, weight: 100}]}]}
`;
    const { code, err } = await lint(`${routed}---\n${routes}`);
    expect(code).to.equal(1);
    expect(err).to.include("Canary Service 'web' not found in route");
  });
  it('asks the rules over templates when they are there', async () => {
    const gated = rolloutText('[{analysis: {templates: [{templateName: gate}]}}]');
    expect((await lint(gated)).code).to.equal(0);
    const template = (more: string): string => `apiVersion: argoproj.io/v1alpha1
kind: AnalysisTemplate
metadata: {name: gate}
spec:
  metrics:
    - {name: rate, interval: 10s, ${more}provider: {prometheus: {address: "http://p", query: up}}}
`;
    expect((await lint(`${gated}---\n${template('count: 3, ')}`)).err).to.equal('');
    const { code, err } = await lint(`${gated}---\n${template('')}`);
    expect(code).to.equal(1);
    expect(err).to.match(/a\.yaml:12: .*AnalysisTemplate gate has metric rate which runs indefinitely/);
  });
  it('takes the template of a workload that is there', async () => {
    const referring = `apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: web}
spec:
  workloadRef: {apiVersion: apps/v1, kind: Deployment, name: base}
  strategy: {canary: {}}
`;
    const workload = `apiVersion: apps/v1
kind: Deployment
metadata: {name: base}
spec:
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: other}}, spec: {containers: [{name: web, image: web:1}]}}
`;
    expect((await lint(referring)).code).to.equal(0);
    const { code, err } = await lint(`${referring}---\n${workload}`);
    expect(code).to.equal(1);
    expect(err).to.include('`selector` does not match template `labels`');
  });
  it('judges experiments and analysis templates too, and every document of a file', async () => {
    const text = `apiVersion: argoproj.io/v1alpha1
kind: Experiment
metadata: {name: try}
spec:
  templates:
    - {name: a, template: {spec: {containers: []}}}
---
apiVersion: argoproj.io/v1alpha1
kind: AnalysisTemplate
metadata: {name: gate}
spec:
  metrics:
    - {name: rate, interval: fast, count: 1, provider: {prometheus: {query: up}}}
`;
    const { code, err } = await lint(text);
    expect(code).to.equal(1);
    expect(err.split('\n').slice(0, 2)).to.deep.equal([
      "a.yaml:5: Experiment/try: Rollout has missing field '.Spec.Templates[0].Selector'",
      'a.yaml:13: AnalysisTemplate/gate: spec.metrics[0].interval: invalid interval string: time: invalid duration "fast"',
    ]);
  });
  it('warns of a field that nobody knows, and passes', async () => {
    const { code, out, err } = await lint(`${good}      maxSurgee: 1\n`);
    expect([code, out]).to.deep.equal([0, '1 object checked, nothing wrong\n']);
    expect(err).to.equal(
      'a.yaml:13: warning: Rollout/web: spec.strategy.canary.maxSurgee: unknown field, the API server would drop it\n',
    );
  });
  it('names a version of a kind that is not served', async () => {
    const { code, err } = await lint(good.replace('argoproj.io/v1alpha1', 'argoproj.io/v1'));
    expect([code, err]).to.deep.equal([
      1,
      'a.yaml:1: Rollout/web: apiVersion argoproj.io/v1 is not served; use argoproj.io/v1alpha1\n',
    ]);
  });
  it('names what is no object, and leaves kustomization files alone', async () => {
    const { code, err } = await lint(
      'apiVersion: kustomize.config.k8s.io/v1beta1\nresources: []\n---\na: 1\n',
    );
    expect(code).to.equal(1);
    expect(err).to.equal(
      'a.yaml:4: not a Kubernetes object: apiVersion, kind and metadata.name are needed\n',
    );
  });
  it('needs a file', async () => {
    const { code, err } = await lint('', 'lint');
    expect(code).to.equal(2);
    expect(err).to.include("required option '-f, --filename <file...>' not specified");
  });
});
