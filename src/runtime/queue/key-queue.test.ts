import { expect } from 'chai';
import { instantOf } from '#core/time/instant.js';
import { KeyQueue } from './key-queue.js';

const at = instantOf;
const web = { namespace: 'shop', name: 'web' };
const api = { namespace: 'shop', name: 'api' };
const other = { namespace: 'lab', name: 'one' };

describe('key queue', () => {
  it('holds a key once, at the earliest moment asked for', () => {
    const queue = new KeyQueue();
    queue.add(web, at(100), at(0));
    queue.add(web, at(50), at(0));
    queue.add(web, at(80), at(0));
    expect(queue.nextAt(at(0))).to.equal(50);
    expect(queue.take(at(49))).to.equal(undefined);
    expect(queue.take(at(60))).to.deep.equal({ key: web, waitedMs: 10 });
    queue.done(web, at(60));
    expect(queue.nextAt(at(60))).to.equal(undefined);
  });

  it('gives out what can wait behind everything else, unless it is asked for anew', () => {
    const queue = new KeyQueue();
    queue.addLast(web, at(0));
    queue.addLast(api, at(0));
    queue.addLast(other, at(0));
    queue.add(other, at(0), at(1));
    queue.addLast(other, at(2));
    queue.addUrgent(api, at(2));
    expect([queue.length, queue.nextAt(at(3))]).to.deep.equal([3, 3]);
    const order = [1, 2, 3, 4].map(() => queue.take(at(3))?.key);
    expect(order).to.deep.equal([api, other, web, undefined]);
    queue.addLast(web, at(4));
    expect(queue.length).to.equal(0);
    queue.done(web, at(5));
    expect(queue.take(at(5))?.key).to.deep.equal(web);
  });

  it('gives out what a person waits for before everything else, once', () => {
    const queue = new KeyQueue();
    queue.add(other, at(0), at(0));
    queue.add(web, at(0), at(0));
    queue.add(api, at(900), at(0));
    queue.addUrgent(web, at(1));
    queue.addUrgent(api, at(1));
    queue.add(api, at(1), at(1));
    expect(queue.length).to.equal(3);
    expect(
      [queue.take(at(1)), queue.take(at(1)), queue.take(at(1))].map((taken) => taken?.key),
    ).to.deep.equal([web, api, other]);
    expect(queue.take(at(1))).to.equal(undefined);
    queue.add(other, at(2), at(2));
    queue.addUrgent(web, at(2));
    queue.done(web, at(3));
    queue.done(other, at(3));
    expect(queue.take(at(3))?.key).to.equal(web);
  });

  it('never gives out a key that is in work; what was asked meanwhile comes after it', () => {
    const queue = new KeyQueue();
    queue.add(web, at(0), at(0));
    queue.take(at(0));
    queue.add(web, at(0), at(1));
    queue.add(web, at(500), at(1));
    expect(queue.take(at(1))).to.equal(undefined);
    queue.done(web, at(2));
    expect(queue.take(at(2))?.key).to.equal(web);
  });

  it('knows the next moment also when the soonest key is worked on, forgotten or asked for again', () => {
    const queue = new KeyQueue();
    queue.add(web, at(100), at(0));
    queue.add(api, at(200), at(0));
    queue.add(other, at(300), at(0));
    expect(queue.nextAt(at(0))).to.equal(100);
    queue.addUrgent(web, at(1));
    expect(queue.take(at(1))?.key).to.equal(web);
    expect(queue.nextAt(at(1))).to.equal(200);
    queue.add(other, at(150), at(1));
    expect(queue.nextAt(at(1))).to.equal(150);
    expect(queue.take(at(149))).to.equal(undefined);
    expect(queue.take(at(400))).to.deep.equal({ key: other, waitedMs: 250 });
    expect(queue.take(at(400))).to.deep.equal({ key: api, waitedMs: 200 });
    expect(queue.nextAt(at(400))).to.equal(undefined);
  });

  it('forgets a later moment when the key is worked on before: the pass asks anew', () => {
    const queue = new KeyQueue();
    queue.add(web, at(100), at(0));
    queue.add(web, at(0), at(0));
    queue.take(at(0));
    queue.done(web, at(1));
    expect(queue.nextAt(at(1))).to.equal(undefined);
  });

  it('lets namespaces take turns', () => {
    const queue = new KeyQueue();
    for (const key of [web, api, { namespace: 'shop', name: 'db' }, other]) queue.add(key, at(0), at(0));
    const order = [1, 2, 3, 4].map(() => queue.take(at(0))?.key.name);
    expect(order).to.deep.equal(['web', 'one', 'api', 'db']);
  });
});
