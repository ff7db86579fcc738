import { expect } from 'chai';
import { settle } from '#test/fakes/manual-clock.js';
import { createGate, type Answer } from './gate.js';

const requests = {
  route: { kind: 'VirtualService', path: '/apis/networking.istio.io/v1/virtualservices/web', method: 'PUT' },
  scale: { kind: 'ReplicaSet', path: '/apis/apps/v1/replicasets/web', method: 'PATCH' },
  status: { kind: 'Rollout', path: '/apis/argoproj.io/v1alpha1/rollouts/web/status?x=y', method: 'PATCH' },
  event: { kind: 'Event', path: '/api/v1/events', method: 'POST' },
} as const;
type Name = keyof typeof requests;

function gateOf(most: number) {
  const gate = createGate(most);
  const order: Name[] = [];
  const leave: ((answer: Answer) => void)[] = [];
  const ask = (...names: readonly Name[]) => {
    for (const name of names) {
      void gate.enter(requests[name]).then((done) => {
        order.push(name);
        leave.push(done);
      });
    }
    return settle();
  };
  const answer = async (count: number, how: Answer = 'fine') => {
    for (const done of leave.splice(0, count)) done(how);
    await settle();
  };
  return { order, ask, answer };
}

describe('gate in front of an API server', () => {
  it('lets as many through as it bears, the most urgent first, then in turn', async () => {
    const { order, ask, answer } = gateOf(1);
    await ask('event', 'status', 'scale', 'event', 'scale');
    expect(order).to.deep.equal(['event']);
    for (let i = 0; i < 4; i++) await answer(1);
    expect(order).to.deep.equal(['event', 'scale', 'scale', 'event', 'status']);
  });

  it('has places beyond the limit for what moves traffic, until the server asks for patience', async () => {
    const { order, ask, answer } = gateOf(4);
    const row = (name: Name, count: number) => Array<Name>(count).fill(name);
    await ask(...row('status', 5), ...row('route', 5));
    expect(order).to.deep.equal([...row('status', 4), ...row('route', 3)]);
    await answer(1, 'throttled');
    await answer(3);
    expect(order).to.have.length(7);
    await answer(1);
    expect(order.slice(7)).to.deep.equal(['route']);
  });

  it('keeps most places free of events', async () => {
    const { order, ask, answer } = gateOf(8);
    await ask('event', 'event', 'event', 'event', 'status');
    expect(order).to.deep.equal(['event', 'event', 'event', 'status']);
    await answer(4);
    expect(order).to.have.length(5);
  });

  it('tells events in time however much status waits', async () => {
    const { order, ask, answer } = gateOf(5);
    const row = (name: Name) => Array<Name>(30).fill(name);
    await ask(...row('status'), ...row('event'));
    for (let i = 0; i < 6; i++) await answer(5);
    expect(order.slice(5).filter((name) => name === 'event')).to.have.length(12);
  });

  it('sends less when the server asks for patience, and more again when it does not', async () => {
    const { order, ask, answer } = gateOf(8);
    await ask(...Array<Name>(8).fill('scale'));
    await answer(2, 'throttled');
    await answer(6);
    order.length = 0;
    await ask(...Array<Name>(8).fill('scale'));
    expect(order).to.have.length(4);
    for (let i = 0; i < 20; i++) {
      await answer(8);
      await ask('scale', 'scale', 'scale', 'scale');
    }
    order.length = 0;
    await answer(1000);
    await ask(...Array<Name>(12).fill('scale'));
    expect(order.length).to.be.greaterThan(7);
  });
});
