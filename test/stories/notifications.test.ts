import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import { AppError } from '#ports/errors.js';
import { dyingKube } from '../fakes/dying-kube.js';
import {
  configMap,
  createNotifiedWorld,
  type NotifiedWorld,
  secret,
  simpleConfig,
  subscribe,
} from './notified-world.js';
import { templateOf } from './shop.js';

const secrets = { 'slack-token': 'xoxb-1' };
const triggers = [
  'on-rollout-completed',
  'on-rollout-paused',
  'on-rollout-step-completed',
  'on-rollout-aborted',
];
const config = simpleConfig(...triggers);
const problemReasons = ['NotificationConfigError', 'NotificationError'];

async function settle(world: NotifiedWorld, seconds = 20): Promise<void> {
  await world.sandbox.clock.advance(seconds * 1000);
}

async function release(world: NotifiedWorld, image = 'web:2'): Promise<void> {
  await world.patch(kinds.rollout, 'web', { spec: { template: templateOf(image) } });
  await settle(world);
}

async function promote(world: NotifiedWorld): Promise<void> {
  await world.patch(kinds.rollout, 'web', { status: { pauseConditions: null } }, 'status');
  await settle(world, 60);
}

async function problems(world: NotifiedWorld): Promise<readonly string[]> {
  const events = await world.events();
  return events.filter((text) => problemReasons.some((reason) => text.startsWith(`${reason}: `)));
}

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

describe('bad configurations', () => {
  const bad: Readonly<Record<string, readonly [change: Readonly<Record<string, string>>, words: string]>> = {
    'row 1982: a condition that is no expression': [
      { 'trigger.on-rollout-completed': '- when: rollout.status.phase ==\n  send: [on-rollout-completed]' },
      'trigger.on-rollout-completed: unexpected token EOF',
    ],
    'a condition with an unknown name': [
      { 'trigger.on-rollout-completed': '- when: app.status.phase == "x"\n  send: [on-rollout-completed]' },
      'trigger.on-rollout-completed: unknown name app',
    ],
    'a trigger that is no list': [
      { 'trigger.on-rollout-completed': 'send: [a]' },
      'trigger.on-rollout-completed: not of the form that is expected',
    ],
    'a template that does not parse': [
      { 'template.on-rollout-completed': 'message: "{{ if }}"' },
      'template.on-rollout-completed.message: line 1, column 7: missing value for if',
    ],
    'a template that fails': [
      { 'template.on-rollout-completed': 'message: "{{ .rollout.metadata.name.x }}"' },
      "template.on-rollout-completed.message: line 1, column 4: can't evaluate field x in type string",
    ],
    'a template that is not there': [
      { 'trigger.on-rollout-completed': '- send: [nope]' },
      "template 'nope' is not supported",
    ],
    'a template that is no YAML': [
      { 'template.on-rollout-completed': 'message: [' },
      'template.on-rollout-completed: ',
    ],
    'a key that the Secret lacks': [
      { 'service.slack': 'token: $nope' },
      "key 'nope' does not exist in Secret/system/argo-rollouts-notification-secret",
    ],
  };
  for (const [name, [change, words]] of Object.entries(bad)) {
    it(`${name} gives one event and nothing else`, async () => {
      const world = createNotifiedWorld({
        config: { ...config, ...simpleConfig('on-rollout-updated'), ...change },
        secrets,
        annotations: subscribe('ops', 'on-rollout-completed', 'on-rollout-updated'),
      });
      await settle(world);
      const said = await problems(world);
      expect(said.length, said.join(' | ')).to.equal(1);
      expect(said[0]).to.contain(words);
      expect(world.failures).to.deep.equal([]);
      expect((await world.rollout()).status.phase).to.equal('Healthy');
      const others = 'service.slack' in change ? [] : ['ops: on-rollout-updated of web'];
      expect(world.notifier.received).to.deep.equal(others);
    });
  }

  it('a trigger that nobody configured is skipped in silence', async () => {
    const world = createNotifiedWorld({ config, secrets, annotations: subscribe('ops', 'on-nothing') });
    await settle(world);
    expect([await problems(world), world.notifier.attempts]).to.deep.equal([[], 0]);
  });

  it('a missing key is a wait: the message goes out when the Secret has it', async () => {
    const world = createNotifiedWorld({ config, annotations: subscribe('ops', 'on-rollout-completed') });
    await settle(world, 120);
    expect(await problems(world)).to.have.length(1);
    await world.setSecrets(secrets);
    await settle(world, 120);
    expect(world.notifier.received).to.deep.equal(['ops: on-rollout-completed of web']);
    expect(await problems(world)).to.have.length(1);
    expect(world.notifier.requests[0]?.options).to.deep.equal({ token: 'xoxb-1' });
  });

  it('a template that was mended tells what it could not tell before', async () => {
    const world = createNotifiedWorld({
      config: { ...config, 'template.on-rollout-completed': 'message: "{{ nope }}"' },
      secrets,
      annotations: subscribe('ops', 'on-rollout-completed'),
    });
    await settle(world);
    expect(world.notifier.attempts).to.equal(0);
    await world.configure(config);
    await settle(world);
    expect(world.notifier.received).to.deep.equal(['ops: on-rollout-completed of web']);
  });
});

describe('a service that fails', () => {
  const annotations = subscribe('ops', ...triggers);

  it('is tried again with pauses that grow, and hears each message once it is up', async () => {
    const world = createNotifiedWorld({ config, secrets, annotations });
    world.notifier.failWith = new AppError('NotifyUnavailable', 'slack answered 503');
    await settle(world, 60);
    expect(world.notifier.attempts).to.be.within(3, 5);
    expect(await problems(world)).to.deep.equal([
      'NotificationError: on-rollout-completed to slack:ops: slack answered 503',
    ]);
    await release(world);
    world.notifier.failWith = undefined;
    await settle(world, 300);
    expect(world.notifier.received.toSorted()).to.deep.equal([
      'ops: on-rollout-completed of web',
      'ops: on-rollout-paused of web',
      'ops: on-rollout-step-completed of web',
    ]);
    expect(Object.values(await world.notified()).every((at) => at > 0)).to.equal(true);
  });

  it('keeps its messages over a restart', async () => {
    const world = createNotifiedWorld({ config, secrets, annotations });
    world.notifier.failWith = new AppError('NotifyUnavailable', 'slack answered 503');
    await settle(world, 600);
    expect(Object.values(await world.notified())).to.satisfy((all: readonly number[]) =>
      all.every((at) => at < 0),
    );
    world.restartNotifications();
    world.notifier.failWith = undefined;
    await settle(world);
    expect(world.notifier.received).to.deep.equal(['ops: on-rollout-completed of web']);
  });

  it('waits as long as the service asks for', async () => {
    const world = createNotifiedWorld({ config, secrets, annotations });
    world.notifier.failWith = new AppError('NotifyUnavailable', 'slack answered 429', {
      retryAfterMs: 120_000,
    });
    await settle(world, 110);
    expect(world.notifier.attempts).to.equal(1);
    world.notifier.failWith = undefined;
    await settle(world, 30);
    expect(world.notifier.received).to.have.length(1);
  });

  it('is given up after an hour, with an event that says so', async () => {
    const world = createNotifiedWorld({ config, secrets, annotations });
    world.notifier.failWith = new AppError('NotifyDenied', 'slack answered invalid_auth');
    await settle(world, 2 * 3600);
    const attempts = world.notifier.attempts;
    expect(attempts).to.be.within(10, 20);
    const said = await problems(world);
    expect(said).to.have.length(2);
    expect(said[1]).to.contain(`given up after ${attempts} attempts`);
    world.notifier.failWith = undefined;
    world.restartNotifications();
    await settle(world, 3600);
    expect(world.notifier.received).to.deep.equal([]);
  });

  it('never shows a Secret in an event or in the log', async () => {
    const world = createNotifiedWorld({ config, secrets: { 'slack-token': 'very-secret' }, annotations });
    world.notifier.failWith = new AppError('NotifyDenied', 'slack: very-secret is no token');
    await settle(world);
    const everything = JSON.stringify([await world.events(), world.said]);
    expect(everything).to.contain('is no token').and.not.to.contain('very-secret');
  });
});
