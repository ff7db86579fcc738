import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import { cluster, eventually, pause, type Cluster } from './cluster.js';
import {
  configuration,
  configure,
  everythingSaid,
  secrets,
  startServices,
  subscribed,
  type Services,
} from './notified.js';
import { rollout, webTemplate } from './objects.js';
import { FakeHttpServer, sendJson } from '../fakes/http-server.js';
import { reaches } from './watching.js';

describe('notifications of a release', function () {
  this.timeout(120_000);
  let at: Cluster;
  let services: Services;
  let verdicts: FakeHttpServer;
  let isGood = true;
  let read = 0;
  before(async function () {
    at = await cluster(this);
    [services, verdicts] = [await startServices(), await FakeHttpServer.start()];
    // Late enough that the run is seen while it is running.
    verdicts.answer = (_, response) => void setTimeout(() => sendJson(response, 200, { ok: isGood }), 1000);
    await configure(at, configuration(services));
    const steps = [
      { setWeight: 50 },
      { pause: {} },
      { analysis: { templates: [{ templateName: 'told-answer' }] } },
    ];
    const told = rollout('told', at.image('3.8'), { canary: { steps } }, 2);
    await at.apply(webTemplate('told-answer', `${verdicts.url}/`), {
      ...told,
      metadata: { ...told.metadata, annotations: subscribed },
    });
    await reaches(at, 'told', 'Healthy');
    await takes(['on-rollout-updated', 'on-rollout-completed']);
  });
  after(async () => {
    for (const name of ['argo-rollouts-notification-configmap', 'argo-rollouts-notification-secret']) {
      const kind = name.endsWith('secret') ? kinds.secret : kinds.configMap;
      await at?.kube.delete({ kind, namespace: at.namespace, name });
    }
    await services?.stop();
    await verdicts?.stop();
  });

  /** The webhook takes these messages, in this order and no others, since the last time. */
  async function takes(expected: readonly string[], withinMs = 20_000): Promise<void> {
    const mine = (): readonly string[] => services.taken().slice(read);
    await eventually(
      `${expected.length} messages`,
      async () => mine().length >= expected.length,
      async () => [mine(), at.logs().slice(-3000)],
      withinMs,
    );
    await pause(1000);
    const taken = mine();
    read += taken.length;
    expect(taken).to.deep.equal(expected.map((trigger) => `${trigger} told ops`));
  }
  const newVersion = (version: string) => at.sluice('set', 'image', 'told', `web=${at.image(version)}`);

  it('go out once for each transition, in order (17: on-<kebab of the reason>)', async () => {
    await newVersion('3.9');
    await reaches(at, 'told', 'Paused');
    await takes(['on-rollout-updated', 'on-rollout-step-completed', 'on-rollout-paused']);
    await at.sluice('promote', 'told');
    await reaches(at, 'told', 'Healthy');
    await takes([
      'on-rollout-step-completed',
      'on-rollout-resumed',
      'on-analysis-run-running',
      'on-analysis-run-successful',
      'on-rollout-step-completed',
      'on-rollout-completed',
    ]);
  });

  it('reach each service in its own words, with the secret in its place only', () => {
    expect(services.hook.seen.every(({ headers }) => headers['x-key'] === secrets.hook)).to.equal(true);
    const posts = services.slack.seen.map(({ path, headers, body }) => [path, headers.authorization, body]);
    expect(posts).to.have.length(2);
    expect(posts[1]?.slice(0, 2)).to.deep.equal(['/api/chat.postMessage', `Bearer ${secrets.slack}`]);
    expect(posts[1]?.[2]).to.contain('on-rollout-completed told').and.to.contain('releases');
    expect(services.mail.mails.map(({ to }) => to)).to.deep.equal([
      ['ops@example.test'],
      ['ops@example.test'],
    ]);
    expect(services.mail.mails[1]?.data).to.contain('Subject: told: on-rollout-completed');
  });

  it('tell of a failed analysis and the abort behind it', async () => {
    isGood = false;
    await newVersion('3.10');
    await reaches(at, 'told', 'Paused');
    await takes(['on-rollout-updated', 'on-rollout-step-completed', 'on-rollout-paused']);
    await at.sluice('promote', 'told');
    await reaches(at, 'told', 'Degraded');
    await takes([
      'on-rollout-step-completed',
      'on-rollout-resumed',
      'on-analysis-run-running',
      'on-analysis-run-failed',
      'on-rollout-aborted',
    ]);
  });

  it('wait for a service that is down, and for controllers that were killed meanwhile', async () => {
    isGood = true;
    services.setDown(true);
    await newVersion('3.11');
    await reaches(at, 'told', 'Paused');
    // A message that is on the wire when the process dies is given up: here all three wait for their next try.
    await eventually('each was refused twice', async () => services.refused() >= 6);
    await pause(500);
    expect(await problems('NotificationError')).to.have.length(3);
    await at.controller().kill();
    await at.restart();
    await pause(1000);
    expect(services.taken().slice(read)).to.deep.equal([]);
    services.setDown(false);
    await takes(['on-rollout-updated', 'on-rollout-step-completed', 'on-rollout-paused'], 40_000);
  });

  it('are not sent again after a restart or a kill', async () => {
    await at.restart();
    await pause(2000);
    await at.controller().kill();
    await at.restart();
    await pause(3000);
    await takes([]);
    await at.sluice('promote', 'told', '--full');
    await reaches(at, 'told', 'Healthy');
    await takes(['on-rollout-resumed', 'on-rollout-completed']);
  });

  it('never show a secret', async () => {
    const said = await everythingSaid(at);
    for (const value of Object.values(secrets)) {
      expect(said).not.to.contain(value);
      expect(said).not.to.contain(Buffer.from(value).toString('base64'));
    }
  });

  it('whose trigger, template or service is bad speak, and hold up no other', async () => {
    await configure(at, {
      ...configuration(services),
      'trigger.on-rollout-updated': '- {send: [on-rollout-updated], when: nobody.knows == 1}',
      'trigger.on-rollout-step-completed': '- send: [broken]',
      'template.broken': 'message: "{{.rollout.metadata"',
    });
    const subscriptions = {
      ...subscribed,
      'notifications.argoproj.io/subscribe.on-rollout-paused.nowhere': 'x',
    };
    const key = { kind: kinds.rollout, namespace: at.namespace, name: 'told' };
    await at.kube.patch(key, { type: 'merge', body: { metadata: { annotations: subscriptions } } });
    await newVersion('3.12');
    await reaches(at, 'told', 'Paused');
    await takes(['on-rollout-paused']);
    await eventually(
      'each mistake is told by an event',
      async () => {
        const told = (await problems('NotificationConfigError')).join('\n');
        return ['nobody', 'template.broken', 'nowhere'].every((word) => told.includes(word));
      },
      () => problems('NotificationConfigError'),
    );
  });

  async function problems(reason: string): Promise<readonly string[]> {
    const events = await at.list(kinds.event);
    return events
      .filter((one) => one.reason === reason && one.involvedObject.name === 'told')
      .map((one) => `${one.type} ${one.message}`);
  }
});
