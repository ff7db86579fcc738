import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import { AppError } from '#ports/errors.js';
import { dyingKube } from '../fakes/dying-kube.js';
import {
  config,
  configMap,
  createNotifiedWorld,
  type NotifiedWorld,
  problems,
  promote,
  release,
  secret,
  secrets,
  settle,
  simpleConfig,
  subscribe,
  triggers,
} from './notified-world.js';

describe('notifications of a canary', () => {
  it('section 17: each occurrence of an event is told once to each recipient, in order', async () => {
    const world = createNotifiedWorld({ config, secrets, annotations: subscribe('ops; dev', ...triggers) });
    await settle(world);
    expect(world.notifier.received.toSorted()).to.deep.equal([
      'dev: on-rollout-completed of web',
      'ops: on-rollout-completed of web',
    ]);
    await release(world);
    await promote(world);
    const toOps = world.notifier.received.filter((text) => text.startsWith('ops'));
    expect(toOps.map((text) => text.replace(/^ops: (.*) of web$/, '$1'))).to.deep.equal([
      'on-rollout-completed',
      'on-rollout-step-completed',
      'on-rollout-paused',
      'on-rollout-step-completed',
      'on-rollout-step-completed',
      'on-rollout-paused',
      'on-rollout-step-completed',
      'on-rollout-completed',
    ]);
    expect(world.notifier.received).to.have.length(2 * toOps.length);
    expect(world.metrics.slice(0, 2)).to.deep.equal([
      'ok web Normal RolloutCompleted',
      'ok web Normal RolloutCompleted',
    ]);
    expect(world.failures).to.deep.equal([]);
  });

  it('a message says how it was when it happened, though several things happened at once', async () => {
    const world = createNotifiedWorld({
      config: {
        ...simpleConfig('on-rollout-step-completed'),
        'trigger.on-rollout-step-completed':
          '- send: [on-rollout-step-completed]\n- send: [second]\n  when: rollout.status.currentStepIndex == 2',
        'template.on-rollout-step-completed': 'message: "step {{.rollout.status.currentStepIndex}}"',
        'template.second': 'message: that was the second',
      },
      secrets,
      annotations: subscribe('ops', 'on-rollout-step-completed'),
      strategy: {
        canary: { steps: [{ setWeight: 25 }, { setWeight: 25 }, { setWeight: 25 }, { pause: {} }] },
      },
    });
    await settle(world);
    await release(world);
    expect(world.notifier.received).to.deep.equal([
      'ops: step 1',
      'ops: step 2',
      'ops: that was the second',
      'ops: step 3',
    ]);
  });

  it('a restart in the middle repeats nothing and loses nothing', async () => {
    const world = createNotifiedWorld({ config, secrets, annotations: subscribe('ops', ...triggers) });
    await settle(world);
    await release(world);
    world.restartNotifications();
    await settle(world);
    const before = world.notifier.received.length;
    expect(before).to.equal(3);
    world.stopNotifications();
    await promote(world);
    expect(world.notifier.received).to.have.length(before);
    world.restartNotifications();
    await settle(world);
    world.restartNotifications();
    await settle(world);
    expect(world.notifier.received.slice(before)).to.deep.equal([
      'ops: on-rollout-step-completed of web',
      'ops: on-rollout-step-completed of web',
      'ops: on-rollout-paused of web',
      'ops: on-rollout-step-completed of web',
      'ops: on-rollout-completed of web',
    ]);
  });

  it('a crash after any of its writes repeats nothing, and loses what was on its way at most', async () => {
    for (const afterWrites of [1, 2, 3, 5, 7]) {
      let world: NotifiedWorld | undefined;
      let isFirst = true;
      world = createNotifiedWorld({
        config,
        secrets,
        annotations: subscribe('ops; dev', ...triggers),
        wrapKube: (kube) => {
          if (!isFirst) return kube;
          isFirst = false;
          return dyingKube(kube, afterWrites, () => world?.stopNotifications()).kube;
        },
      });
      await settle(world);
      await release(world);
      world.restartNotifications();
      await settle(world);
      const { received } = world.notifier;
      expect(new Set(received).size, `told twice, crash after ${afterWrites}`).to.equal(received.length);
      // Both recipients may have had a message on its way.
      expect(received.length, `crash after ${afterWrites}`).to.be.within(4, 6);
    }
  });

  it('a write whose answer is lost loses no message', async () => {
    let left = 2;
    const world = createNotifiedWorld({
      config,
      secrets,
      annotations: subscribe('ops; dev', ...triggers),
      wrapKube: (kube) =>
        Object.assign(Object.create(kube), {
          patch: async (...args: Parameters<typeof kube.patch>) => {
            const stored = await kube.patch(...args);
            if (left-- > 0) throw new AppError('KubeTimeout', 'no answer in time');
            return stored;
          },
        }),
    });
    await settle(world);
    expect(world.notifier.received.toSorted()).to.deep.equal([
      'dev: on-rollout-completed of web',
      'ops: on-rollout-completed of web',
    ]);
  });

  it('a transition whose event died with its process is told after the restart, once', async () => {
    const world = createNotifiedWorld({ config, secrets, annotations: subscribe('ops', ...triggers) });
    await settle(world);
    await release(world);
    world.stopNotifications();
    await world.patch(kinds.rollout, 'web', { status: { abort: true } }, 'status');
    await settle(world);
    const { items } = await world.sandbox.kube.list<any>(kinds.event, { namespace: 'shop' });
    for (const { reason, metadata } of items) {
      if (reason !== 'RolloutAborted') continue;
      await world.sandbox.kube.delete({ kind: kinds.event, namespace: 'shop', name: metadata.name });
    }
    for (let i = 0; i < 2; i += 1) {
      world.restartNotifications();
      await settle(world);
    }
    const told = world.notifier.received.filter((text) => text.includes('aborted'));
    expect(told).to.deep.equal(['ops: on-rollout-aborted of web']);
  });

  it('issue 2556: a process that lost the lease writes nothing, and so sends nothing', async () => {
    const world = createNotifiedWorld({
      config,
      secrets,
      annotations: subscribe('ops', ...triggers),
      wrapKube: (kube) =>
        Object.assign(Object.create(kube), {
          patch: () => Promise.reject(new AppError('NotLeader', 'the lease is lost')),
        }),
    });
    await settle(world);
    expect(world.notifier.attempts).to.equal(0);
  });

  it('a stand-by that takes over looks back from then, not from its own start', async () => {
    const world = createNotifiedWorld({ config, secrets });
    const takeOver = world.standBy();
    await settle(world, 600);
    await world.patch(kinds.rollout, 'web', { metadata: { annotations: subscribe('ops', ...triggers) } });
    await settle(world);
    world.stopNotifications();
    await release(world);
    takeOver();
    await settle(world);
    expect(world.notifier.received).to.deep.equal([
      'ops: on-rollout-step-completed of web',
      'ops: on-rollout-paused of web',
    ]);
  });

  it('what happened before somebody subscribed is not told', async () => {
    const world = createNotifiedWorld({ config, secrets });
    await settle(world);
    await world.patch(kinds.rollout, 'web', { metadata: { annotations: subscribe('ops', ...triggers) } });
    await settle(world);
    expect(world.notifier.received).to.deep.equal([]);
    await release(world);
    expect(world.notifier.received).to.have.length(2);
  });

  it('what happened before there was a configuration is not told, what happens after is', async () => {
    const world = createNotifiedWorld({ secrets, annotations: subscribe('ops', ...triggers) });
    await settle(world);
    await world.configure(config);
    await settle(world);
    expect(world.notifier.received).to.deep.equal([]);
    await release(world);
    expect(world.notifier.received).to.have.length(2);
  });

  it('a Rollout that nobody subscribed to is not written to', async () => {
    const world = createNotifiedWorld({ config, secrets });
    await settle(world);
    await release(world);
    expect(await world.notified()).to.deep.equal({});
  });

  it('a Rollout that is gone is told of with its last values', async () => {
    const world = createNotifiedWorld({
      config: simpleConfig('on-rollout-deleted'),
      secrets,
      annotations: subscribe('ops', 'on-rollout-deleted'),
    });
    await settle(world);
    await world.sandbox.kube.delete({ kind: kinds.rollout, namespace: 'shop', name: 'web' });
    await settle(world);
    expect(world.notifier.received).to.deep.equal(['ops: on-rollout-deleted of web']);
  });
});

describe('subscriptions', () => {
  it('of the administrator match by labels, default triggers serve those without one', async () => {
    const world = createNotifiedWorld({
      config: {
        ...config,
        subscriptions: `
          - recipients: [slack:all]
            triggers: [on-rollout-completed]
          - recipients: [slack:red]
            triggers: [on-rollout-completed]
            selector: team=red
          - recipients: [slack:blue]
            triggers: [on-rollout-completed]
            selector: team=blue`,
        'defaultTriggers.slack': '[on-rollout-paused]',
      },
      secrets,
      labels: { team: 'red' },
      annotations: { 'notifications.argoproj.io/subscribe.slack': 'default' },
    });
    await settle(world);
    await release(world);
    expect(world.notifier.received).to.deep.equal([
      'all: on-rollout-completed of web',
      'red: on-rollout-completed of web',
      'default: on-rollout-paused of web',
    ]);
  });

  it('self-service: the configuration of the namespace counts beside the one of the controllers', async () => {
    const theirs = {
      ...simpleConfig('on-rollout-completed'),
      'template.on-rollout-completed': 'message: theirs',
    };
    const options = {
      config,
      secrets,
      annotations: subscribe('ops', 'on-rollout-completed'),
      objects: [configMap(theirs, 'shop'), secret(secrets, 'shop')],
    };
    const world = createNotifiedWorld({ ...options, selfService: true });
    await settle(world);
    expect(world.notifier.received).to.deep.equal(['ops: theirs', 'ops: on-rollout-completed of web']);
    expect(Object.keys(await world.notified()).filter((key) => key.includes(':shop:'))).to.have.length(1);
    const without = createNotifiedWorld(options);
    await settle(without);
    expect(without.notifier.received).to.deep.equal(['ops: on-rollout-completed of web']);
  });
});

describe('watched conditions', () => {
  const watched = (rule: string) => ({
    ...simpleConfig(),
    'trigger.on-degraded': rule,
    'template.degraded': 'message: "{{.rollout.status.phase}}"',
  });
  const annotations = subscribe('ops', 'on-degraded');

  it('fire when they become true, and again after they were false', async () => {
    const world = createNotifiedWorld({
      config: watched("- when: rollout.status.phase == 'Degraded'\n  send: [degraded]"),
      secrets,
      annotations,
    });
    await settle(world);
    for (const image of ['web:2', 'web:3']) {
      await release(world, image);
      await world.patch(kinds.rollout, 'web', { status: { abort: true } }, 'status');
      await settle(world);
      world.restartNotifications();
      await settle(world);
    }
    expect(world.notifier.received).to.deep.equal(['ops: Degraded', 'ops: Degraded']);
    expect(await problems(world)).to.deep.equal([]);
  });

  it('fire once for each value of oncePer', async () => {
    const world = createNotifiedWorld({
      config: watched(
        "- when: rollout.status.phase == 'Degraded'\n  oncePer: rollout.status.currentPodHash\n  send: [degraded]",
      ),
      secrets,
      annotations,
    });
    await settle(world);
    await release(world);
    for (const abort of [true, false, true]) {
      await world.patch(kinds.rollout, 'web', { status: { abort } }, 'status');
      await settle(world);
    }
    expect(world.notifier.received).to.deep.equal(['ops: Degraded']);
  });

  it('of an event only filter it', async () => {
    const world = createNotifiedWorld({
      config: {
        ...simpleConfig('on-rollout-step-completed'),
        'trigger.on-rollout-step-completed':
          '- when: rollout.status.currentStepIndex == 3\n  send: [on-rollout-step-completed]',
      },
      secrets,
      annotations: subscribe('ops', 'on-rollout-step-completed'),
    });
    await settle(world);
    await release(world);
    await promote(world);
    expect(world.notifier.received).to.deep.equal(['ops: on-rollout-step-completed of web']);
  });
});
