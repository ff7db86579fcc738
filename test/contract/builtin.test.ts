import { expect } from 'chai';
import { openTarget, type ContractTarget } from './target.js';
import { deployment, freshNamespace, mergePatch, strategicPatch, type Places } from './world.js';

describe('API server contract: built-in kinds', () => {
  let target: ContractTarget;
  let at: Places;
  before(async () => {
    target = await openTarget();
  });
  after(() => target.close());
  beforeEach(async () => {
    at = await freshNamespace(target);
  });
  const pod = (name: string, spec: object = {}): any => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: 'web' } },
    spec: { containers: [{ name: 'web', image: 'web:1' }], ...spec },
  });

  it('fills in a Deployment', async () => {
    const { body } = await target.send('POST', at.apps('deployments'), deployment('web'));
    expect(body.spec).to.deep.equal({
      replicas: 1,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: body.spec.template.metadata,
        spec: {
          containers: [
            {
              name: 'web',
              image: 'web:1',
              resources: {},
              terminationMessagePath: '/dev/termination-log',
              terminationMessagePolicy: 'File',
              imagePullPolicy: 'IfNotPresent',
            },
          ],
          restartPolicy: 'Always',
          terminationGracePeriodSeconds: 30,
          dnsPolicy: 'ClusterFirst',
          securityContext: {},
          schedulerName: 'default-scheduler',
        },
      },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
    });
  });

  it('fills in probes, ports and volumes', async () => {
    const one = deployment('web', 'registry.test:5000/web');
    const { spec } = one.spec.template;
    spec.containers[0].ports = [{ containerPort: 80 }];
    spec.containers[0].readinessProbe = { httpGet: { port: 80 } };
    spec.containers[0].env = [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }];
    spec.volumes = [{ name: 'v', configMap: { name: 'x' } }];
    const { body } = await target.send('POST', at.apps('deployments'), one);
    const [container] = body.spec.template.spec.containers;
    expect(container.imagePullPolicy).to.equal('Always');
    expect(container.ports).to.deep.equal([{ containerPort: 80, protocol: 'TCP' }]);
    expect(container.env[0].valueFrom.fieldRef).to.deep.equal({
      apiVersion: 'v1',
      fieldPath: 'metadata.name',
    });
    expect(container.readinessProbe).to.deep.equal({
      httpGet: { path: '/', port: 80, scheme: 'HTTP' },
      timeoutSeconds: 1,
      periodSeconds: 10,
      successThreshold: 1,
      failureThreshold: 3,
    });
    expect(body.spec.template.spec.volumes).to.deep.equal([
      { name: 'v', configMap: { name: 'x', defaultMode: 420 } },
    ]);
  });

  it('fills in a Service and gives it an address for good', async () => {
    const body = { metadata: { name: 'web' }, spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } };
    const made = await target.send('POST', at.core('services'), body);
    const { clusterIP } = made.body.spec;
    expect(clusterIP).to.match(/^\d+\.\d+\.\d+\.\d+$/);
    if (!target.isReal) expect(clusterIP).to.match(/^10\.96\./);
    expect(made.body.spec).to.deep.equal({
      ports: [{ protocol: 'TCP', port: 80, targetPort: 80 }],
      selector: { app: 'web' },
      clusterIP,
      clusterIPs: [clusterIP],
      type: 'ClusterIP',
      sessionAffinity: 'None',
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      internalTrafficPolicy: 'Cluster',
    });
    expect(made.body.status).to.deep.equal({ loadBalancer: {} });
    const put = await target.send('PUT', `${at.core('services')}/web`, {
      ...body,
      spec: { ...body.spec, selector: { app: 'b' } },
    });
    expect(put.body.spec.clusterIP).to.equal(clusterIP);
    const moved = await target.send(
      'PATCH',
      `${at.core('services')}/web`,
      { spec: { clusterIP: '10.96.99.99' } },
      mergePatch,
    );
    expect(moved.code).to.equal(422);
  });

  it('refuses workloads that do not fit together', async () => {
    const stranger = deployment('web');
    stranger.spec.template.metadata.labels = { app: 'other' };
    const unmatched = await target.send('POST', at.apps('deployments'), stranger);
    expect(unmatched.code).to.equal(422);
    expect(unmatched.body.message).to.equal(
      'Deployment.apps "web" is invalid: spec.template.metadata.labels: Invalid value: {"app":"other"}: `selector` does not match template `labels`',
    );
    const empty = deployment('web');
    empty.spec.template.spec.containers = [];
    const none = await target.send('POST', at.apps('deployments'), empty);
    expect(none.body.message).to.equal(
      'Deployment.apps "web" is invalid: spec.template.spec.containers: Required value',
    );
  });

  it('refuses a value of the wrong type', async () => {
    const body = deployment('web');
    body.spec.replicas = 'three';
    const { code, body: status } = await target.send('POST', at.apps('deployments'), body);
    expect(code).to.equal(400);
    expect(status.message).to.match(
      /^Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal string into Go struct field DeploymentSpec\.spec\.replicas of type int32$/,
    );
  });

  it('keeps the selector of a workload', async () => {
    await target.send('POST', at.apps('deployments'), deployment('web'));
    const body = {
      spec: { selector: { matchLabels: { app: 'b' } }, template: { metadata: { labels: { app: 'b' } } } },
    };
    const { code, body: status } = await target.send(
      'PATCH',
      `${at.apps('deployments')}/web`,
      body,
      mergePatch,
    );
    expect(code).to.equal(422);
    expect(status.message).to.contain('spec.selector: Invalid value').and.to.contain('field is immutable');
  });

  it('lets only images of a pod change', async () => {
    await target.send('POST', at.core('pods'), pod('p'));
    const path = `${at.core('pods')}/p`;
    const image = { spec: { containers: [{ name: 'web', image: 'web:2' }] } };
    expect((await target.send('PATCH', path, image, strategicPatch)).code).to.equal(200);
    const env = { spec: { containers: [{ name: 'web', env: [{ name: 'A', value: 'b' }] }] } };
    const refused = await target.send('PATCH', path, env, strategicPatch);
    expect(refused.code).to.equal(422);
    expect(refused.body.message).to.contain('spec: Forbidden: pod updates may not change fields other than');
  });

  it('merges lists of a strategic patch by key, and obeys its directives', async () => {
    const path = `${at.apps('deployments')}/web`;
    await target.send('POST', at.apps('deployments'), deployment('web'));
    const patch = (template: object): Promise<any> =>
      target.send('PATCH', path, { spec: { template: { spec: template } } }, strategicPatch);
    const added = await patch({
      containers: [
        { name: 'side', image: 's:1' },
        { name: 'web', env: [{ name: 'A', value: '1' }] },
      ],
    });
    expect(added.body.spec.template.spec.containers.map((one: any) => one.name)).to.have.members([
      'web',
      'side',
    ]);
    const ordered = await patch({ '$setElementOrder/containers': [{ name: 'side' }, { name: 'web' }] });
    expect(ordered.body.spec.template.spec.containers.map((one: any) => one.name)).to.deep.equal([
      'side',
      'web',
    ]);
    const removed = await patch({ containers: [{ name: 'side', $patch: 'delete' }] });
    expect(removed.body.spec.template.spec.containers.map((one: any) => one.name)).to.deep.equal(['web']);
    const strategy = { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } };
    const recreate = await target.send('PATCH', path, strategy, strategicPatch);
    expect(recreate.body.spec.strategy).to.deep.equal({ type: 'Recreate' });
    const replaced = await patch({ containers: [{ $patch: 'replace' }, { name: 'only', image: 'o:1' }] });
    expect(replaced.body.spec.template.spec.containers.map((one: any) => one.name)).to.deep.equal(['only']);
  });

  it('merges and deletes scalars of a list', async () => {
    const body = { metadata: { name: 'a', finalizers: ['sluice.test/a', 'sluice.test/b'] } };
    await target.send('POST', at.core('configmaps'), body);
    const path = `${at.core('configmaps')}/a`;
    const added = await target.send(
      'PATCH',
      path,
      { metadata: { finalizers: ['sluice.test/c'] } },
      strategicPatch,
    );
    expect(added.body.metadata.finalizers).to.deep.equal(['sluice.test/c', 'sluice.test/a', 'sluice.test/b']);
    const removal = { metadata: { '$deleteFromPrimitiveList/finalizers': ['sluice.test/b'] } };
    const removed = await target.send('PATCH', path, removal, strategicPatch);
    expect(removed.body.metadata.finalizers).to.deep.equal(['sluice.test/c', 'sluice.test/a']);
    await target.send('PATCH', path, { metadata: { finalizers: null } }, mergePatch);
  });

  it('deletes a pod without node at once, and one with a node after its kubelet', async () => {
    await target.send('POST', at.core('pods'), pod('loose', { schedulerName: 'nobody' }));
    await target.send('DELETE', `${at.core('pods')}/loose`);
    expect((await target.send('GET', `${at.core('pods')}/loose`)).code).to.equal(404);
    // A real cluster removes what is bound to a node that it does not have.
    await target.send('POST', '/api/v1/nodes', { metadata: { name: 'contract-node' } });
    await target.send('POST', at.core('pods'), pod('bound', { nodeName: 'contract-node' }));
    const path = `${at.core('pods')}/bound`;
    const asked = await target.send('DELETE', path);
    expect(asked.body.metadata.deletionGracePeriodSeconds).to.equal(30);
    const waiting = await target.send('GET', path);
    expect(waiting.code).to.equal(200);
    const sooner = await target.send('DELETE', path, { gracePeriodSeconds: 5 });
    expect(sooner.body.metadata.deletionGracePeriodSeconds).to.equal(5);
    await target.send('DELETE', path, { gracePeriodSeconds: 0 });
    expect((await target.send('GET', path)).code).to.equal(404);
    await target.send('DELETE', '/api/v1/nodes/contract-node');
  });

  it('evicts a pod unless a budget forbids it', async () => {
    await target.send('POST', at.core('pods'), pod('p', { nodeName: 'n1' }));
    await target.send(
      'PATCH',
      `${at.core('pods')}/p/status`,
      { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } },
      mergePatch,
    );
    const budgets = `/apis/policy/v1/namespaces/${at.name}/poddisruptionbudgets`;
    const budget = {
      metadata: { name: 'b' },
      spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
    };
    await target.send('POST', budgets, budget);
    await target.send(
      'PATCH',
      `${budgets}/b/status`,
      {
        status: {
          observedGeneration: 1,
          currentHealthy: 1,
          desiredHealthy: 1,
          disruptionsAllowed: 0,
          expectedPods: 1,
        },
      },
      mergePatch,
    );
    const eviction = {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: 'p', namespace: at.name },
    };
    const refused = await target.send('POST', `${at.core('pods')}/p/eviction`, eviction);
    expect(refused.code).to.equal(429);
    expect(refused.body.message).to.equal(
      "Cannot evict pod as it would violate the pod's disruption budget.",
    );
    expect(refused.body.details.causes).to.deep.equal([
      {
        reason: 'DisruptionBudget',
        message: 'The disruption budget b needs 1 healthy pods and has 1 currently',
      },
    ]);
    await target.send('DELETE', `${budgets}/b`);
    expect((await target.send('POST', `${at.core('pods')}/p/eviction`, eviction)).code).to.equal(201);
    expect((await target.send('GET', `${at.core('pods')}/p`)).body.metadata).to.have.property(
      'deletionTimestamp',
    );
    await target.send('DELETE', `${at.core('pods')}/p`, { gracePeriodSeconds: 0 });
  });

  it('selects pods by node and phase', async () => {
    await target.send('POST', at.core('pods'), pod('a'));
    await target.send('POST', at.core('pods'), pod('b', { nodeName: 'n1' }));
    const list = await target.send(
      'GET',
      `${at.core('pods')}?fieldSelector=spec.nodeName%3Dn1,status.phase%21%3DRunning`,
    );
    expect(list.body.items.map((one: any) => one.metadata.name)).to.deep.equal(['b']);
    await target.send('DELETE', `${at.core('pods')}/b`, { gracePeriodSeconds: 0 });
  });

  it('shows an event in both of its groups', async () => {
    const event = {
      metadata: { name: 'e' },
      involvedObject: { kind: 'Pod', name: 'p', namespace: at.name },
      reason: 'Killing',
      message: 'stopping',
      type: 'Normal',
      source: { component: 'kubelet' },
    };
    expect((await target.send('POST', at.core('events'), event)).code).to.equal(201);
    const other = await target.send('GET', `/apis/events.k8s.io/v1/namespaces/${at.name}/events/e`);
    expect(other.body).to.deep.include({
      apiVersion: 'events.k8s.io/v1',
      note: 'stopping',
      reason: 'Killing',
    });
    expect(other.body.regarding).to.include({ kind: 'Pod', name: 'p' });
    const found = await target.send(
      'GET',
      `${at.core('events')}?fieldSelector=involvedObject.name%3Dp,reason%3DKilling`,
    );
    expect(found.body.items).to.have.length(1);
  });

  it('does not show empty lists and maps, but empty objects', async () => {
    const one = deployment('web');
    one.metadata.annotations = {};
    Object.assign(one.spec.template.spec, {
      volumes: [{ name: 'v', emptyDir: {} }],
      tolerations: [],
      nodeSelector: {},
    });
    const { body } = await target.send('POST', at.apps('deployments'), one);
    expect(body.metadata).not.to.have.property('annotations');
    expect(body.spec.template.spec).not.to.have.any.keys('tolerations', 'nodeSelector');
    expect(body.spec.template.spec.volumes).to.deep.equal([{ name: 'v', emptyDir: {} }]);
    const map = await target.send('POST', at.core('configmaps'), { metadata: { name: 'a' }, data: {} });
    expect(map.body).not.to.have.property('data');
  });

  it('writes secrets as text and reads them as base64', async () => {
    const { body } = await target.send('POST', at.core('secrets'), {
      metadata: { name: 's' },
      stringData: { a: 'b' },
    });
    expect(body).to.deep.include({ type: 'Opaque', data: { a: 'Yg==' } });
    expect(body).not.to.have.property('stringData');
  });

  it('gives a Job a selector of its own', async () => {
    const job = {
      metadata: { name: 'j' },
      spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'a:1' }] } } },
    };
    const { body } = await target.send('POST', `/apis/batch/v1/namespaces/${at.name}/jobs`, job);
    const { uid } = body.metadata;
    expect(body.spec.selector).to.deep.equal({ matchLabels: { 'batch.kubernetes.io/controller-uid': uid } });
    expect(body.spec).to.include({
      parallelism: 1,
      completions: 1,
      backoffLimit: 6,
      completionMode: 'NonIndexed',
      suspend: false,
    });
    expect(body.spec.template.metadata.labels).to.include({ 'job-name': 'j', 'controller-uid': uid });
  });
});
