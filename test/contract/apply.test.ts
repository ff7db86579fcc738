import { expect } from 'chai';
import { openTarget, type ContractTarget } from './target.js';
import {
  applyPatch,
  configMap,
  deployment,
  freshNamespace,
  installContractCrds,
  mergePatch,
  widget,
  type Places,
} from './world.js';

describe('API server contract: server-side apply', () => {
  let target: ContractTarget;
  let at: Places;
  before(async () => {
    target = await openTarget();
    await installContractCrds(target);
  });
  after(() => target.close());
  beforeEach(async () => {
    at = await freshNamespace(target);
  });
  const apply = (path: string, manager: string, body: any, more = ''): Promise<any> =>
    target.send('PATCH', `${path}?fieldManager=${manager}${more}`, body, applyPatch);
  const managerNames = (body: any): string[] =>
    body.metadata.managedFields.map(
      (one: any) =>
        `${one.manager}/${one.operation}${one.subresource === undefined ? '' : `/${one.subresource}`}`,
    );
  const cm = (data: Readonly<Record<string, string>>): any => configMap('a', data);

  it('creates what is not there and records the fields', async () => {
    const { code, body } = await apply(`${at.core('configmaps')}/a`, 'one', cm({ x: '1' }));
    expect(code).to.equal(201);
    const [entry] = body.metadata.managedFields;
    expect(entry).to.deep.include({
      manager: 'one',
      operation: 'Apply',
      apiVersion: 'v1',
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:data': { 'f:x': {} } },
    });
  });

  it('changes nothing when the same is applied again', async () => {
    const path = `${at.core('configmaps')}/a`;
    const first = await apply(path, 'one', cm({ x: '1' }));
    const again = await apply(path, 'one', cm({ x: '1' }));
    expect(again.code).to.equal(200);
    expect(again.body.metadata.resourceVersion).to.equal(first.body.metadata.resourceVersion);
  });

  it('removes what its manager no longer names and nobody else owns', async () => {
    const path = `${at.core('configmaps')}/a`;
    await apply(path, 'one', cm({ x: '1', y: '2' }));
    await apply(path, 'two', cm({ y: '2', z: '3' }));
    const { body } = await apply(path, 'one', cm({}));
    expect(body.data).to.deep.equal({ y: '2', z: '3' });
  });

  it('names the manager and the field of a conflict', async () => {
    const path = `${at.core('configmaps')}/a`;
    await apply(path, 'one', cm({ x: '1' }));
    const { code, body } = await apply(path, 'two', cm({ x: '2' }));
    expect(code).to.equal(409);
    expect(body).to.deep.include({
      reason: 'Conflict',
      message: 'Apply failed with 1 conflict: conflict with "one": .data.x',
      details: {
        causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "one"', field: '.data.x' }],
      },
    });
  });

  it('lists several conflicts by manager', async () => {
    const path = `${at.core('configmaps')}/a`;
    await apply(path, 'one', cm({ x: '1', y: '1' }));
    await target.send('PATCH', `${path}?fieldManager=three`, { data: { z: '1' } }, mergePatch);
    const { body } = await apply(path, 'two', cm({ x: '2', y: '2', z: '2' }));
    expect(body.message).to.equal(
      'Apply failed with 3 conflicts: conflicts with "one":\n- .data.x\n- .data.y\nconflicts with "three" using v1:\n- .data.z',
    );
  });

  it('takes fields when forced', async () => {
    const path = `${at.core('configmaps')}/a`;
    await apply(path, 'one', cm({ x: '1', y: '1' }));
    const { body } = await apply(path, 'two', cm({ x: '2' }), '&force=true');
    expect(body.data).to.deep.equal({ x: '2', y: '1' });
    const one = body.metadata.managedFields.find((entry: any) => entry.manager === 'one');
    expect(one.fieldsV1).to.deep.equal({ 'f:data': { 'f:y': {} } });
  });

  it('shares a field of equal value', async () => {
    const path = `${at.core('configmaps')}/a`;
    await apply(path, 'one', cm({ x: '1' }));
    const { code, body } = await apply(path, 'two', cm({ x: '1' }));
    expect(code).to.equal(200);
    expect(managerNames(body)).to.have.members(['one/Apply', 'two/Apply']);
    const left = await apply(path, 'two', cm({}));
    expect(left.body.data).to.deep.equal({ x: '1' });
  });

  it('records who updates, and what others lose by it', async () => {
    const path = `${at.core('configmaps')}/a`;
    await apply(path, 'one', cm({ x: '1', y: '1' }));
    const { body } = await target.send(
      'PATCH',
      `${path}?fieldManager=hand`,
      { data: { x: '9', y: null } },
      mergePatch,
    );
    expect(managerNames(body)).to.have.members(['hand/Update']);
    const [entry] = body.metadata.managedFields;
    expect(entry.fieldsV1).to.deep.equal({ 'f:data': { 'f:x': {} } });
  });

  it('keeps status and spec apart', async () => {
    const path = `${at.custom('widgets')}/a`;
    await apply(path, 'one', { ...widget('a'), status: { phase: 'ignored' } });
    const { body } = await target.send(
      'PATCH',
      `${path}/status?fieldManager=two`,
      {
        apiVersion: 'contract.sluice.test/v1',
        kind: 'Widget',
        metadata: { name: 'a' },
        spec: { size: 9 },
        status: { phase: 'ok' },
      },
      applyPatch,
    );
    expect(body.spec.size).to.equal(1);
    expect(body.status).to.deep.equal({ phase: 'ok' });
    expect(managerNames(body)).to.have.members(['one/Apply', 'two/Apply/status']);
  });

  it('merges lists by their keys and keeps the items of others in place', async () => {
    const path = `${at.custom('widgets')}/a`;
    await apply(path, 'one', widget('a', { parts: [{ name: 'x', weight: 2 }, { name: 'z' }] }));
    const two = { ...widget('a', { parts: [{ name: 'y', weight: 5 }] }) };
    await apply(path, 'two', two);
    const { body } = await apply(path, 'one', widget('a', { parts: [{ name: 'z', weight: 4 }] }));
    expect(body.spec.parts).to.have.deep.members([
      { name: 'y', weight: 5 },
      { name: 'z', weight: 4 },
    ]);
    expect(body.spec.parts).to.have.length(2);
  });

  it('merges sets of scalars and replaces atomic lists', async () => {
    const path = `${at.custom('widgets')}/a`;
    await apply(path, 'one', widget('a', { tags: ['a', 'b'] }));
    const { body } = await apply(path, 'two', { ...widget('a', { tags: ['c'] }) });
    expect(body.spec.tags).to.have.members(['a', 'b', 'c']);
    const one = await apply(path, 'one', widget('a', { tags: ['b'] }));
    expect(one.body.spec.tags).to.have.members(['b', 'c']);
  });

  it('knows the merge keys of built-in kinds', async () => {
    const path = `${at.apps('deployments')}/web`;
    const first = deployment('web');
    first.spec.template.spec.containers[0].ports = [{ containerPort: 80 }];
    expect((await apply(path, 'one', first)).code).to.equal(201);
    const side = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: { template: { spec: { containers: [{ name: 'side', image: 'side:1' }] } } },
    };
    const both = await apply(path, 'two', side);
    expect(both.body.spec.template.spec.containers.map((one: any) => one.name)).to.deep.equal([
      'web',
      'side',
    ]);
    const taken = await apply(path, 'two', {
      ...side,
      spec: { replicas: 4, template: { spec: { containers: [{ name: 'web', image: 'web:2' }] } } },
    });
    expect(taken.body.message).to.equal(
      'Apply failed with 1 conflict: conflict with "one": .spec.template.spec.containers[name="web"].image',
    );
  });

  it('removes an item with the defaults that it had been given', async () => {
    const path = `${at.apps('deployments')}/web`;
    const two = deployment('web');
    two.spec.template.spec.containers.push({ name: 'side', image: 'side:1' });
    await apply(path, 'one', two);
    const { body } = await apply(path, 'one', deployment('web'));
    expect(body.spec.template.spec.containers.map((one: any) => one.name)).to.deep.equal(['web']);
    // A real cluster's own controllers may have been there in between.
    const others = managerNames(body).filter((name) => !name.startsWith('kube-controller-manager/'));
    expect(others).to.deep.equal(['one/Apply']);
  });

  it('demands a manager and no managedFields', async () => {
    const path = `${at.core('configmaps')}/a`;
    const none = await target.send('PATCH', path, cm({}), applyPatch);
    expect(none.code).to.equal(422);
    expect(none.body.message).to.equal(
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    );
    const fields = await apply(path, 'one', {
      ...cm({}),
      metadata: { name: 'a', managedFields: [{ manager: 'x' }] },
    });
    expect(fields.code).to.equal(400);
    expect(fields.body.message).to.equal('metadata.managedFields must be nil');
  });

  it('reads YAML', async () => {
    const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  x: "on"\n';
    const { body } = await apply(`${at.core('configmaps')}/a`, 'one', text);
    expect(body.data).to.deep.equal({ x: 'on' });
  });

  it('forgets all managers when asked to', async () => {
    const path = `${at.core('configmaps')}/a`;
    await apply(path, 'one', cm({ x: '1' }));
    const { body } = await target.send('PATCH', path, { metadata: { managedFields: [{}] } }, mergePatch);
    expect(body.metadata).not.to.have.property('managedFields');
  });
});
