import { expect } from 'chai';
import { openTarget, type ContractTarget } from './target.js';
import {
  freshNamespace,
  installContractCrds,
  mergePatch,
  strategicPatch,
  widget,
  type Places,
} from './world.js';

describe('API server contract: custom kinds', () => {
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

  it('fills defaults and drops what the schema does not know', async () => {
    const body = widget('a', { extra: 1, parts: [{ name: 'x', more: 2 }], free: { any: { thing: 1 } } });
    const { code, body: made } = await target.send('POST', at.custom('widgets'), body);
    expect(code).to.equal(201);
    expect(made.spec).to.deep.equal({
      size: 1,
      replicas: 3,
      parts: [{ name: 'x', weight: 1 }],
      free: { any: { thing: 1 } },
    });
    expect(made.metadata.generation).to.equal(1);
  });

  it('keeps the body of an embedded object', async () => {
    const embedded = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', labels: { a: 'b' } },
      spec: { x: 1 },
    };
    const { body } = await target.send('POST', at.custom('widgets'), widget('a', { embedded }));
    expect(body.spec.embedded).to.deep.equal(embedded);
  });

  const bad: readonly [name: string, spec: object, field: string, message: string][] = [
    ['a missing field', { size: undefined }, 'spec.size', 'Required value'],
    [
      'a wrong type',
      { size: 'x' },
      'spec.size',
      'Invalid value: "string": spec.size in body must be of type integer: "string"',
    ],
    [
      'too small a number',
      { size: 0 },
      'spec.size',
      'Invalid value: 0: spec.size in body should be greater than or equal to 1',
    ],
    [
      'too great a number',
      { size: 11 },
      'spec.size',
      'Invalid value: 11: spec.size in body should be less than or equal to 10',
    ],
    [
      'a value outside the enumeration',
      { colour: 'green' },
      'spec.colour',
      'Unsupported value: "green": supported values: "red", "blue"',
    ],
    [
      'a text that does not match',
      { name: 'A1' },
      'spec.name',
      `Invalid value: "A1": spec.name in body should match '^[a-z]+$'`,
    ],
    [
      'too short a text',
      { name: 'a' },
      'spec.name',
      'Invalid value: "a": spec.name in body should be at least 2 chars long',
    ],
    ['too long a text', { name: 'abcdef' }, 'spec.name', 'Too long: may not be more than 5 bytes'],
    ['a duplicate in a set', { tags: ['a', 'a'] }, 'spec.tags[1]', 'Duplicate value: "a"'],
    [
      'a duplicate key',
      { parts: [{ name: 'x' }, { name: 'x' }] },
      'spec.parts[1]',
      'Duplicate value: {"name":"x"}',
    ],
    ['too many items', { tags: ['a', 'b', 'c', 'd'] }, 'spec.tags', 'Too many: 4: must have at most 3 items'],
    [
      'no alternative of several',
      { either: {} },
      '<nil>',
      'Invalid value: "": "spec.either" must validate one and only one schema (oneOf). Found none valid',
    ],
    [
      'neither a number nor a text',
      { port: true },
      'spec.port',
      'Invalid value: "boolean": spec.port in body must be of type integer,string: "boolean"',
    ],
  ];
  for (const [name, spec, field, message] of bad) {
    it(`refuses ${name}`, async () => {
      const { code, body } = await target.send('POST', at.custom('widgets'), widget('a', spec));
      expect(code, JSON.stringify(body)).to.equal(422);
      expect(body.reason).to.equal('Invalid');
      expect(body.message).to.match(/^Widget\.contract\.sluice\.test "a" is invalid: /);
      const cause = body.details.causes.find((one: any) => one.field === field);
      expect(cause?.message, JSON.stringify(body.details.causes)).to.equal(message);
    });
  }

  it('checks rules over the old value', async () => {
    await target.send('POST', at.custom('widgets'), widget('a', { colour: 'red' }));
    const { code, body } = await target.send(
      'PATCH',
      `${at.custom('widgets')}/a`,
      { spec: { colour: 'blue' } },
      mergePatch,
    );
    expect(code).to.equal(422);
    expect(body.message).to.equal(
      'Widget.contract.sluice.test "a" is invalid: spec.colour: Invalid value: "string": colour is immutable',
    );
    const removed = await target.send(
      'PATCH',
      `${at.custom('widgets')}/a`,
      { spec: { colour: null } },
      mergePatch,
    );
    expect(removed.body.message).to.equal(
      'Widget.contract.sluice.test "a" is invalid: spec: Invalid value: "object": colour may not be removed',
    );
  });

  it('raises the generation for anything but metadata and status', async () => {
    const path = `${at.custom('widgets')}/a`;
    await target.send('POST', at.custom('widgets'), widget('a'));
    const labelled = await target.send('PATCH', path, { metadata: { labels: { a: 'b' } } }, mergePatch);
    const status = await target.send(
      'PATCH',
      `${path}/status`,
      { status: { phase: 'x' }, spec: { size: 5 } },
      mergePatch,
    );
    const spec = await target.send('PATCH', path, { spec: { size: 2 }, status: { phase: 'y' } }, mergePatch);
    expect([labelled, status, spec].map((one) => one.body.metadata.generation)).to.deep.equal([1, 1, 2]);
    expect(status.body.spec.size).to.equal(1);
    expect(spec.body.status).to.deep.equal({ phase: 'x' });
  });

  it('raises the generation for the status of a kind without status endpoint', async () => {
    const gadget = {
      apiVersion: 'contract.sluice.test/v1',
      kind: 'Gadget',
      metadata: { name: 'g' },
      spec: { a: 1 },
    };
    await target.send('POST', at.custom('gadgets'), gadget);
    const path = `${at.custom('gadgets')}/g`;
    const changed = await target.send('PATCH', path, { status: { a: 1 } }, mergePatch);
    expect(changed.body.metadata.generation).to.equal(2);
    expect((await target.send('PATCH', `${path}/status`, { status: {} }, mergePatch)).code).to.equal(404);
  });

  it('demands a version for a PUT', async () => {
    await target.send('POST', at.custom('widgets'), widget('a'));
    const { code, body } = await target.send('PUT', `${at.custom('widgets')}/a`, widget('a', { size: 2 }));
    expect(code).to.equal(422);
    expect(body.message).to.equal(
      'widgets.contract.sluice.test "a" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
    );
  });

  it('takes no strategic merge patch', async () => {
    await target.send('POST', at.custom('widgets'), widget('a'));
    const { code, body } = await target.send(
      'PATCH',
      `${at.custom('widgets')}/a`,
      { spec: { size: 2 } },
      strategicPatch,
    );
    expect(code).to.equal(415);
    expect(body.reason).to.equal('UnsupportedMediaType');
  });

  it('scales', async () => {
    await target.send('POST', at.custom('widgets'), widget('a'));
    const path = `${at.custom('widgets')}/a`;
    await target.send('PATCH', `${path}/status`, { status: { replicas: 2, selector: 'app=a' } }, mergePatch);
    const scale = await target.send('GET', `${path}/scale`);
    expect(scale.body).to.deep.include({
      kind: 'Scale',
      spec: { replicas: 3 },
      status: { replicas: 2, selector: 'app=a' },
    });
    const scaled = await target.send('PATCH', `${path}/scale`, { spec: { replicas: 7 } }, mergePatch);
    expect(scaled.body.spec.replicas).to.equal(7);
    const put = await target.send('PUT', `${path}/scale`, { ...scaled.body, spec: { replicas: 8 } });
    expect(put.code).to.equal(200);
    const read = await target.send('GET', path);
    expect(read.body.spec.replicas).to.equal(8);
    expect(read.body.metadata.generation).to.equal(3);
  });

  it('drops null where no null may be and a default is known', async () => {
    const { body } = await target.send('POST', at.custom('widgets'), widget('a', { replicas: null }));
    expect(body.spec.replicas).to.equal(3);
  });
});
