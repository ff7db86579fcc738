import { expect } from 'chai';
import { AppError } from '#ports/errors.js';
import {
  config,
  createNotifiedWorld,
  problems,
  release,
  secrets,
  settle,
  simpleConfig,
  subscribe,
  triggers,
} from './notified-world.js';

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
