import { expect } from 'chai';
import { array, assert as check, constantFrom, property, record } from 'fast-check';
import type { Rollout } from '#api/argoproj/rollout.js';
import { rolloutEvents } from '#api/argoproj/words.js';
import { addMs, instantOf } from '#core/time/instant.js';
import { type NotifyConfig, parseNotifyConfig } from './config.js';
import { decideNotifications } from './decide.js';
import { isEventTrigger, triggerOf } from './event-trigger.js';
import { lostTransitions } from './lost-transitions.js';
import { formatNotified, occurrenceId, parseNotified, stateKey } from './notified.js';
import { afterBadConfig, afterFailedTry } from './retry.js';
import type { DeliveryMemory, NotifySnapshot, SeenEvent } from './snapshot.js';
import { destinationsOf } from './subscriptions.js';
import { currentRuns } from './variables.js';

const now = instantOf(Date.UTC(2026, 0, 2, 3, 4, 5));

function configOf(
  data: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, string>> = {},
): NotifyConfig {
  return parseNotifyConfig({ namespace: 'system', data, secretName: 'the-secret', secrets, version: '1' });
}

function rolloutWith(annotations: Readonly<Record<string, string>>, labels = {}): Rollout {
  const metadata = { name: 'web', namespace: 'shop', uid: '0123456789', annotations, labels };
  return { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', metadata, spec: {} };
}

describe('the names of triggers', () => {
  it('section 17: each event reason R triggers on-<kebab(R)>', () => {
    const names = Object.fromEntries(
      Object.values(rolloutEvents).map((reason) => [reason, triggerOf(reason)]),
    );
    expect(names).to.include({
      RolloutStepCompleted: 'on-rollout-step-completed',
      RolloutAddedToInformer: 'on-rollout-added-to-informer',
      ScalingReplicaSet: 'on-scaling-replica-set',
      TrafficRoutingError: 'on-traffic-routing-error',
      SwitchService: 'on-switch-service',
    });
    expect(triggerOf('AnalysisRunInconclusive')).to.equal('on-analysis-run-inconclusive');
    expect(triggerOf('PatchingALBIngress')).to.equal('on-patching-alb-ingress');
    expect(Object.values(names).every(isEventTrigger)).to.equal(true);
    expect(['on-experiment-failed', 'on-degraded'].map(isEventTrigger)).to.deep.equal([true, false]);
  });
});

describe('the configuration of notifications', () => {
  it('puts Secrets in wherever a text has them, and keeps a `$` that is none', () => {
    const config = configOf(
      {
        'service.slack': 'token: $slack-token\nusername: "x $slack-token $HOME"',
        'service.webhook.my-hook': 'url: https://$host/x\nheaders:\n- {name: A, value: $slack-token}',
      },
      { 'slack-token': 'xoxb', host: 'h' },
    );
    expect(config.services.get('slack')).to.deep.equal({
      ok: true,
      value: { type: 'slack', name: 'slack', options: { token: 'xoxb', username: 'x xoxb $HOME' } },
    });
    expect(config.services.get('my-hook')).to.deep.equal({
      ok: true,
      value: {
        type: 'webhook',
        name: 'my-hook',
        options: { url: 'https://h/x', headers: [{ name: 'A', value: 'xoxb' }] },
      },
    });
  });

  it('keeps what is wrong to the part that is wrong', () => {
    const config = configOf({
      'service.slack': 'token: $missing',
      'service.a.b.c': 'x: 1',
      'service.email': 'host: [',
      'template.a': 'message: {{ x',
      'template.b.c': 'message: fine',
      'trigger.t': '- send: [a]\n  when: "x"',
      'trigger.bad': 'when: x',
      subscriptions: '- recipients: x',
      defaultTriggers: '[t]',
      'defaultTriggers.slack': '{}',
      context: 'region: eu\nport: 80',
    });
    const wrong = [...config.services, ...config.templates, ...config.triggers].filter(
      ([, part]) => !part.ok,
    );
    expect(wrong.map(([name]) => name)).to.have.members(['slack', 'b.c', 'email', 'a', 'bad']);
    expect(config.templates.get('b.c')).to.deep.equal({ ok: true, value: { message: 'fine' } });
    expect(config.triggers.get('t')).to.deep.equal({ ok: true, value: [{ when: 'x', send: ['a'] }] });
    expect([config.defaultTriggers, config.context]).to.deep.equal([['t'], { region: 'eu', port: '80' }]);
    expect(config.problems).to.deep.equal([
      'defaultTriggers.slack: not of the form that is expected',
      'subscriptions: not of the form that is expected',
    ]);
  });
});

describe('who subscribed', () => {
  const config = configOf({ defaultTriggers: '[d1, d2]', 'defaultTriggers.email': '[mail]' });
  const wants = (annotations: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      [...destinationsOf(rolloutWith(annotations).metadata, config)].map(([trigger, all]) => [
        trigger,
        all.map(({ service, recipient }) => `${service}:${recipient}`),
      ]),
    );
  const key = (rest: string) => `notifications.argoproj.io/${rest}`;

  it('by trigger and service, recipients separated by semicolons', () => {
    expect(
      wants({ [key('subscribe.on-x.slack')]: 'a; b;;a', [key('subscribe.on-x.teams')]: '' }),
    ).to.deep.equal({
      'on-x': ['slack:a', 'slack:b', 'teams:'],
    });
  });

  it('by service alone, for its default triggers or those of all', () => {
    expect(wants({ [key('subscribe.slack')]: 'a', [key('subscribe.email')]: 'x@y' })).to.deep.equal({
      mail: ['email:x@y'],
      d1: ['slack:a'],
      d2: ['slack:a'],
    });
  });

  it('by a list, and other annotations are none', () => {
    const list =
      '- trigger: [t1, t2]\n  destinations:\n  - service: slack\n    recipients: [a, b]\n  - service: hook';
    expect(
      wants({ [key('subscriptions')]: list, 'other/subscribe.x.y': 'z', [key('subscribe.x')]: '' }),
    ).to.deep.equal({
      d1: ['x:'],
      d2: ['x:'],
      t1: ['slack:a', 'slack:b', 'hook:'],
      t2: ['slack:a', 'slack:b', 'hook:'],
    });
    expect(wants({ [key('subscriptions')]: 'x: [' })).to.deep.equal({});
  });
});

describe('what was told', () => {
  const destination = { service: 'slack', recipient: 'ops' };

  it('has the keys of the peer', () => {
    const parts = { trigger: 'on-x', index: 0, when: '', destination, oncePer: '' };
    expect(stateKey(parts)).to.equal('on-x:[0].2jmj7l5rSw0yVb_vlWAYkK_YBwk:slack:ops');
    expect(stateKey({ ...parts, oncePer: 'r1', namespace: 'shop' })).to.equal(
      'r1:shop:on-x:[0].2jmj7l5rSw0yVb_vlWAYkK_YBwk:slack:ops',
    );
  });

  it('survives whatever stands in the annotation', () => {
    for (const text of [undefined, '', 'no json', '[1]', 'null', '"x"'])
      expect(parseNotified(text).size).to.equal(0);
    expect([...parseNotified('{"a":1,"b":"x","c":-2}')]).to.deep.equal([
      ['a', 1],
      ['c', -2],
    ]);
  });

  it('is bounded: the newest hundred, and no event of more than two hours ago', () => {
    const seconds = Math.floor(now / 1000);
    const many = new Map(Array.from({ length: 300 }, (_, i) => [`k${i}`, seconds - i] as const));
    const old = `${occurrenceId('abcdefghij', 1)}:on-x`;
    const kept = parseNotified(formatNotified(new Map([...many, [old, seconds - 7300]]), now));
    expect([kept.size, kept.has('k0'), kept.has('k200'), kept.has(old)]).to.deep.equal([
      100,
      true,
      false,
      false,
    ]);
    expect(formatNotified(new Map([[old, seconds - 7300]]), now)).to.equal(undefined);
    expect(formatNotified(new Map([[old, -(seconds - 60)]]), now)).to.contain(old);
  });
});

describe('patience', () => {
  it('doubles from 5 s to 5 min, heeds the service, and ends after an hour', () => {
    let failure = afterFailedTry(undefined, { at: now, version: '1' });
    const pauses = [failure.retryAt - now];
    let last = now;
    while (!failure.isFinal) {
      last = failure.retryAt;
      failure = afterFailedTry(failure, { at: last, version: '1' });
      pauses.push(failure.retryAt - last);
    }
    expect(pauses.slice(0, 8)).to.deep.equal([5, 10, 20, 40, 80, 160, 300, 300].map((s) => s * 1000));
    expect(last - now).to.be.within(3_000_000, 3_600_000);
    const asked = afterFailedTry(undefined, { at: now, version: '1', retryAfterMs: 90_000 });
    expect(asked.retryAt - now).to.equal(90_000);
    const lasting = afterFailedTry(undefined, { at: now, version: '1', isLasting: true });
    expect(lasting.retryAt - now).to.equal(60_000);
  });

  it('waits for another configuration without counting', () => {
    const failure = afterBadConfig(undefined, now, '1');
    expect([failure.attempts, failure.kind, failure.isFinal]).to.deep.equal([0, 'config', false]);
  });
});

describe('transitions without an event', () => {
  const at = '2026-01-02T03:00:00Z';
  const rollout = {
    ...rolloutWith({}),
    status: {
      conditions: [{ type: 'Completed', status: 'True', reason: '', message: '', lastTransitionTime: at }],
      abort: true,
      abortedAt: at,
      pauseConditions: [{ reason: 'CanaryPauseStep', startTime: at }],
    },
  } as unknown as Rollout;
  const since = instantOf(Date.parse('2026-01-02T02:59:00Z'));
  const reasons = (events: readonly SeenEvent[], from = since, started = now) =>
    lostTransitions(rollout, events, from, started).map(({ reason }) => reason);

  it('are told when they are recent and nobody told them', () => {
    expect(reasons([])).to.deep.equal(['RolloutCompleted', 'RolloutAborted', 'RolloutPaused']);
    const told: SeenEvent = {
      id: 'x#1',
      type: 'Normal',
      reason: 'RolloutPaused',
      at: instantOf(Date.parse(at)),
    };
    expect(reasons([told])).to.deep.equal(['RolloutCompleted', 'RolloutAborted']);
    expect(reasons([], addMs(now, -1000))).to.deep.equal([]);
    expect(reasons([], since, instantOf(Date.parse(at)))).to.deep.equal([]);
  });
});

describe('the runs that templates see', () => {
  it('section 17: same hash and revision, newest first', () => {
    const run = (name: string, hash: string, revision: string, creationTimestamp: string) => ({
      metadata: {
        name,
        creationTimestamp,
        labels: { 'rollouts-pod-template-hash': hash },
        annotations: { 'rollout.argoproj.io/revision': revision },
      },
    });
    const rollout = {
      metadata: { annotations: { 'rollout.argoproj.io/revision': '2' } },
      status: { currentPodHash: 'h' },
    };
    const runs = [
      run('a', 'h', '2', '2026-01-01T00:00:00Z'),
      run('b', 'h', '2', '2026-01-01T00:00:09Z'),
      run('c', 'h', '1', '2026-01-01T00:00:09Z'),
      run('d', 'g', '2', '2026-01-01T00:00:09Z'),
    ];
    expect(currentRuns(rollout as never, runs as never).map(({ metadata }) => metadata.name)).to.deep.equal([
      'b',
      'a',
    ]);
  });
});

describe('decisions about notifications', () => {
  const config = configOf({
    'service.slack': 'token: x',
    'template.t': 'message: "{{.rollout.metadata.name}}"',
    'trigger.on-rollout-paused': '- send: [t]',
    'trigger.on-rollout-completed': '- send: [t]\n- send: [t]\n  when: "true"',
  });
  const rollout = rolloutWith({
    'notifications.argoproj.io/subscribe.on-rollout-paused.slack': 'a;b',
    'notifications.argoproj.io/subscribe.on-rollout-completed.slack': 'a',
  });
  const memory: DeliveryMemory = {
    sending: new Set(),
    failures: new Map(),
    considered: new Set(),
    drafts: new Map(),
    unsent: new Set(),
    busy: new Set(),
  };
  const base: NotifySnapshot = {
    now,
    rollout,
    analysisRuns: [],
    events: [],
    configs: [{ config, since: addMs(now, -60_000), isSelfService: false }],
    notified: new Map(),
    memory,
  };
  const event = (id: string, reason: string, agoMs = 0): SeenEvent => ({
    id,
    type: 'Normal',
    reason,
    at: addMs(now, -agoMs),
  });

  it('sends at most one message a lane, the earliest event first; the others wait', () => {
    const events = [event('e1#1', 'RolloutPaused'), event('e2#1', 'RolloutCompleted')];
    const { deliveries, waiting, notified } = decideNotifications({ ...base, events });
    expect(deliveries.map(({ trigger, destination }) => `${trigger} ${destination.recipient}`)).to.deep.equal(
      ['on-rollout-paused a', 'on-rollout-paused b'],
    );
    expect(waiting).to.have.length(2);
    expect([...notified.values()].filter((at) => at < 0)).to.have.length(2);
  });

  it('skips what is too old, what was looked at, and what was told', () => {
    const { deliveries } = decideNotifications({
      ...base,
      events: [event('old#1', 'RolloutPaused', 61_000), event('seen#1', 'RolloutPaused')],
      memory: { ...memory, considered: new Set(['seen#1']) },
    });
    expect(deliveries).to.deep.equal([]);
  });

  it('law: whatever happens and whenever it dies, each message goes out at most once, and in the end once', () => {
    const happening = record({
      what: constantFrom('paused', 'completed', 'deliver', 'fail', 'die', 'die while sending', 'wait'),
    });
    check(
      property(array(happening, { maxLength: 40 }), (happenings) => {
        const world = new TinyWorld(base);
        for (const { what } of happenings) world.happen(what);
        world.rest();
        expect(world.repeated, 'told twice').to.deep.equal([]);
        expect(world.missing, 'never told').to.deep.equal([]);
      }),
      { numRuns: 100 },
    );
  });

  /** The shell in small: a stored annotation, a memory that dies, a service that fails now and then. */
  class TinyWorld {
    #notified = base.notified;
    #memory = memory;
    #at = now;
    readonly #events: SeenEvent[] = [];
    readonly #sending = new Set<string>();
    readonly #told = new Map<string, number>();
    readonly #lost = new Set<string>();

    constructor(readonly start: NotifySnapshot) {}

    happen(what: string): void {
      const id = `e${this.#events.length}xxxxxx#1`;
      if (what === 'paused') this.#events.push({ ...event(id, 'RolloutPaused'), at: this.#at });
      if (what === 'completed') this.#events.push({ ...event(id, 'RolloutCompleted'), at: this.#at });
      const [key] = this.#sending;
      if (key !== undefined && what === 'deliver') this.#end(key, true);
      if (key !== undefined && what === 'fail') this.#end(key, false);
      if (what === 'wait') this.#at = addMs(this.#at, 5000);
      if (what.startsWith('die')) {
        // What was on the wire may or may not have arrived: it is not sent again.
        for (const open of this.#sending) this.#lost.add(open);
        this.#sending.clear();
        this.#memory = memory;
      }
      this.#pass();
    }

    rest(): void {
      for (let i = 0; i < 300 && this.#isOpen(); i += 1) this.happen(i % 3 === 0 ? 'wait' : 'deliver');
    }

    #isOpen(): boolean {
      return this.#sending.size > 0 || [...this.#notified.values()].some((at) => at < 0);
    }

    get repeated(): readonly string[] {
      return [...this.#told].filter(([, count]) => count > 1).map(([key]) => key);
    }

    get missing(): readonly string[] {
      const keys = [...this.#notified.keys()];
      return keys.filter((key) => !this.#told.has(key) && !this.#lost.has(key));
    }

    #end(key: string, isGood: boolean): void {
      this.#sending.delete(key);
      if (isGood) this.#told.set(key, (this.#told.get(key) ?? 0) + 1);
      const failures = new Map(this.#memory.failures);
      if (isGood) failures.delete(key);
      else failures.set(key, afterFailedTry(failures.get(key), { at: this.#at, version: '1' }));
      this.#memory = { ...this.#memory, failures };
    }

    #pass(): void {
      const busy = new Set([...this.#sending].map((key) => key.split(':').slice(-2).join(':')));
      const decision = decideNotifications({
        ...this.start,
        now: this.#at,
        configs: [{ config, since: addMs(now, -60_000), isSelfService: false }],
        events: this.#events,
        notified: this.#notified,
        memory: { ...this.#memory, sending: this.#sending, busy },
      });
      this.#notified = parseNotified(formatNotified(decision.notified, this.#at));
      for (const { key } of decision.deliveries) this.#sending.add(key);
      this.#memory = { ...this.#memory, considered: new Set(this.#events.map(({ id }) => id)) };
    }
  }
});
