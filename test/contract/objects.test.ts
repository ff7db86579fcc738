import { expect } from 'chai';
import { openTarget, type ContractTarget } from './target.js';
import { configMap, deployment, freshNamespace, jsonPatch, mergePatch, type Places } from './world.js';

describe('API server contract: objects', () => {
  let target: ContractTarget;
  let at: Places;
  before(async () => {
    target = await openTarget();
  });
  after(() => target.close());
  beforeEach(async () => {
    at = await freshNamespace(target);
  });

  it('gives a new object uid, version and creation time', async () => {
    const { code, body } = await target.send('POST', at.core('configmaps'), configMap('a'));
    expect(code).to.equal(201);
    expect(body.metadata).to.include.keys('uid', 'resourceVersion', 'creationTimestamp');
    expect(body.metadata).not.to.have.property('generation');
    expect(body.metadata.namespace).to.equal(at.name);
  });

  it('refuses a second object of the same name', async () => {
    await target.send('POST', at.core('configmaps'), configMap('a'));
    const { code, body } = await target.send('POST', at.core('configmaps'), configMap('a'));
    expect(code).to.equal(409);
    expect(body).to.deep.include({ reason: 'AlreadyExists', message: 'configmaps "a" already exists' });
  });

  it('names what is not found with its group', async () => {
    const { code, body } = await target.send('GET', `${at.apps('deployments')}/x`);
    expect(code).to.equal(404);
    expect(body).to.deep.equal({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'deployments.apps "x" not found',
      reason: 'NotFound',
      details: { name: 'x', group: 'apps', kind: 'deployments' },
      code: 404,
    });
  });

  it('refuses an object in a namespace that does not exist', async () => {
    const { code, body } = await target.send(
      'POST',
      '/api/v1/namespaces/contract-none/configmaps',
      configMap('a'),
    );
    expect(code).to.equal(404);
    expect(body.message).to.equal('namespaces "contract-none" not found');
  });

  it('refuses another namespace in the body', async () => {
    const body = { ...configMap('a'), metadata: { name: 'a', namespace: 'other' } };
    const answer = await target.send('POST', at.core('configmaps'), body);
    expect(answer.code).to.equal(400);
    expect(answer.body.message).to.equal(
      'the namespace of the provided object does not match the namespace sent on the request',
    );
  });

  it('makes a name of generateName', async () => {
    const { code, body } = await target.send('POST', at.core('configmaps'), {
      metadata: { generateName: 'a-' },
    });
    expect(code).to.equal(201);
    expect(body.metadata.name).to.match(/^a-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  });

  it('refuses a name that is no DNS name', async () => {
    const { code, body } = await target.send('POST', at.core('configmaps'), configMap('A_b'));
    expect(code).to.equal(422);
    expect(body.reason).to.equal('Invalid');
    expect(body.message).to.equal(
      `ConfigMap "A_b" is invalid: metadata.name: Invalid value: "A_b": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
    );
    expect(body.details.causes[0]).to.include({ reason: 'FieldValueInvalid', field: 'metadata.name' });
  });

  it('refuses labels that are none', async () => {
    const body = { ...configMap('a'), metadata: { name: 'a', labels: { 'a b': 'x', ok: 'no spaces' } } };
    const answer = await target.send('POST', at.core('configmaps'), body);
    expect(answer.code).to.equal(422);
    expect(answer.body.details.causes.map((c: any) => c.field)).to.deep.equal([
      'metadata.labels',
      'metadata.labels',
    ]);
  });

  it('refuses an update on a stale version', async () => {
    const made = await target.send('POST', at.core('configmaps'), configMap('a'));
    await target.send('PUT', `${at.core('configmaps')}/a`, configMap('a', { a: '2' }));
    const stale = await target.send('PUT', `${at.core('configmaps')}/a`, { ...made.body, data: { a: '3' } });
    expect(stale.code).to.equal(409);
    expect(stale.body).to.deep.include({
      reason: 'Conflict',
      message:
        'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
    });
  });

  it('refuses a write on another uid', async () => {
    await target.send('POST', at.core('configmaps'), configMap('a'));
    const body = { metadata: { uid: '00000000-0000-4000-8000-000000000000' }, data: { a: '2' } };
    const answer = await target.send('PATCH', `${at.core('configmaps')}/a`, body, mergePatch);
    expect(answer.code).to.equal(422);
    expect(answer.body.message).to.contain('metadata.uid: Invalid value');
    const read = await target.send('GET', `${at.core('configmaps')}/a`);
    const put = { ...read.body, metadata: { ...read.body.metadata, ...body.metadata } };
    const replaced = await target.send('PUT', `${at.core('configmaps')}/a`, put);
    expect(replaced.code).to.equal(409);
    expect(replaced.body.message).to.contain('Precondition failed: UID in precondition');
  });

  it('raises no version for a write that changes nothing', async () => {
    const made = await target.send('POST', at.core('configmaps'), configMap('a'));
    const again = await target.send('PUT', `${at.core('configmaps')}/a`, made.body);
    const patched = await target.send(
      'PATCH',
      `${at.core('configmaps')}/a`,
      { data: { a: '1' } },
      mergePatch,
    );
    expect(again.body.metadata.resourceVersion).to.equal(made.body.metadata.resourceVersion);
    expect(patched.body.metadata.resourceVersion).to.equal(made.body.metadata.resourceVersion);
  });

  it('keeps what only the server sets', async () => {
    const made = await target.send('POST', at.core('configmaps'), configMap('a'));
    const { name } = made.body.metadata;
    const body = {
      ...configMap(name),
      metadata: { name, creationTimestamp: '2001-01-01T00:00:00Z' },
      data: { b: '1' },
    };
    const updated = await target.send('PUT', `${at.core('configmaps')}/a`, body);
    expect(updated.code).to.equal(200);
    expect(updated.body.metadata.uid).to.equal(made.body.metadata.uid);
    expect(updated.body.metadata.creationTimestamp).to.equal(made.body.metadata.creationTimestamp);
  });

  it('raises the generation for the spec only', async () => {
    const made = await target.send('POST', at.apps('deployments'), deployment('web'));
    const path = `${at.apps('deployments')}/web`;
    const labelled = await target.send('PATCH', path, { metadata: { labels: { a: 'b' } } }, mergePatch);
    const scaled = await target.send('PATCH', path, { spec: { replicas: 2 } }, mergePatch);
    const status = await target.send('PATCH', `${path}/status`, { status: { replicas: 2 } }, mergePatch);
    expect([made, labelled, scaled, status].map((one) => one.body.metadata.generation)).to.deep.equal([
      1, 1, 2, 2,
    ]);
  });

  it('writes the status through its own endpoint only', async () => {
    const path = `${at.apps('deployments')}/web`;
    const made = await target.send('POST', at.apps('deployments'), {
      ...deployment('web'),
      status: { replicas: 7 },
    });
    expect(made.body.status).not.to.have.property('replicas');
    const main = await target.send('PATCH', path, { status: { replicas: 7 } }, mergePatch);
    expect(main.body.status).not.to.have.property('replicas');
    const body = { spec: { replicas: 9 }, status: { replicas: 7 } };
    const status = await target.send('PATCH', `${path}/status`, body, mergePatch);
    expect(status.body.status.replicas).to.equal(7);
    expect(status.body.spec.replicas).to.equal(1);
  });

  it('answers a dry run and stores nothing', async () => {
    const made = await target.send('POST', `${at.core('configmaps')}?dryRun=All`, configMap('a'));
    expect(made.code).to.equal(201);
    expect((await target.send('GET', `${at.core('configmaps')}/a`)).code).to.equal(404);
    await target.send('POST', at.core('configmaps'), configMap('a'));
    const updated = await target.send(
      'PUT',
      `${at.core('configmaps')}/a?dryRun=All`,
      configMap('a', { a: '2' }),
    );
    expect(updated.body.data).to.deep.equal({ a: '2' });
    await target.send('DELETE', `${at.core('configmaps')}/a?dryRun=All`);
    const read = await target.send('GET', `${at.core('configmaps')}/a`);
    expect(read.body.data).to.deep.equal({ a: '1' });
  });

  it('answers a deletion with the uid', async () => {
    const made = await target.send('POST', at.core('configmaps'), configMap('a'));
    const { code, body } = await target.send('DELETE', `${at.core('configmaps')}/a`);
    expect(code).to.equal(200);
    expect(body).to.deep.include({ kind: 'Status', status: 'Success' });
    expect(body.details).to.deep.equal({ name: 'a', kind: 'configmaps', uid: made.body.metadata.uid });
  });

  it('deletes only what the preconditions name', async () => {
    await target.send('POST', at.core('configmaps'), configMap('a'));
    const options = { preconditions: { uid: '00000000-0000-4000-8000-000000000000' } };
    const { code, body } = await target.send('DELETE', `${at.core('configmaps')}/a`, options);
    expect(code).to.equal(409);
    expect(body.reason).to.equal('Conflict');
  });

  it('holds a deleted object until its finalizers are gone', async () => {
    const body = { ...configMap('a'), metadata: { name: 'a', finalizers: ['sluice.test/hold'] } };
    await target.send('POST', at.core('configmaps'), body);
    const path = `${at.core('configmaps')}/a`;
    const deleted = await target.send('DELETE', path);
    expect(deleted.code).to.equal(200);
    expect(deleted.body.metadata).to.include.keys('deletionTimestamp', 'finalizers');
    const added = await target.send(
      'PATCH',
      path,
      { metadata: { finalizers: ['sluice.test/hold', 'sluice.test/b'] } },
      mergePatch,
    );
    expect(added.code).to.equal(422);
    expect(added.body.message).to.contain('no new finalizers can be added if the object is being deleted');
    const released = await target.send('PATCH', path, { metadata: { finalizers: null } }, mergePatch);
    expect(released.code).to.equal(200);
    expect((await target.send('GET', path)).code).to.equal(404);
  });

  it('deletes a whole collection by selector', async () => {
    for (const name of ['a', 'b', 'c']) {
      const body = { ...configMap(name), metadata: { name, labels: { keep: String(name === 'c') } } };
      await target.send('POST', at.core('configmaps'), body);
    }
    const { code } = await target.send('DELETE', `${at.core('configmaps')}?labelSelector=keep%3Dfalse`);
    expect(code).to.equal(200);
    const { body } = await target.send('GET', at.core('configmaps'));
    expect(body.items.map((one: any) => one.metadata.name))
      .to.include('c')
      .and.not.include('a');
  });

  it('applies a json patch, and tests before it', async () => {
    await target.send('POST', at.core('configmaps'), configMap('a'));
    const path = `${at.core('configmaps')}/a`;
    const good = [
      { op: 'test', path: '/data/a', value: '1' },
      { op: 'add', path: '/data/b', value: '2' },
    ];
    expect((await target.send('PATCH', path, good, jsonPatch)).body.data).to.deep.equal({ a: '1', b: '2' });
    const failed = await target.send('PATCH', path, [{ op: 'test', path: '/data/a', value: 'x' }], jsonPatch);
    expect(failed.code).to.equal(422);
    expect(failed.body.reason).to.equal('Invalid');
    const missing = await target.send('PATCH', path, [{ op: 'remove', path: '/data/none' }], jsonPatch);
    expect(missing.code).to.equal(422);
  });

  it('warns of unknown fields, and refuses them when asked to be strict', async () => {
    const body = { ...configMap('a'), spec: { x: 1 } };
    const warned = await target.send('POST', at.core('configmaps'), body);
    expect(warned.code).to.equal(201);
    expect(warned.body).not.to.have.property('spec');
    expect(warned.headers.get('warning')).to.contain('unknown field');
    const strict = await target.send('POST', `${at.core('configmaps')}?fieldValidation=Strict`, {
      ...body,
      metadata: { name: 'b' },
    });
    expect(strict.code).to.equal(400);
    expect(strict.body.message).to.contain('strict decoding error: unknown field "spec"');
  });
});
