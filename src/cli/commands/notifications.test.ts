import { expect } from 'chai';
import { createServer, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { KubeObject } from '#api/k8s/meta.js';
import { createCliWorld, type CliWorld } from '#test/fakes/cli-io.js';
import { buildRelease, releaseStatuses } from '#test/fakes/release.js';

const configMap: KubeObject & { readonly data: Readonly<Record<string, string>> } = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'argo-rollouts-notification-configmap', namespace: 'shop' },
  data: {
    'template.done':
      'message: "{{.rollout.metadata.name}} is {{.rollout.status.phase}}, {{.secrets.word}}"\n',
    'template.broken': 'message: "{{.rollout"\n',
    'trigger.on-done':
      '- when: rollout.status.phase == "Healthy"\n  send: [done]\n- when: rollout.spec.replicas > 1\n  send: [done]\n',
    'trigger.odd': 'send: nothing\n',
  },
};
const secret = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'argo-rollouts-notification-secret', namespace: 'shop' },
  data: { word: Buffer.from('hush').toString('base64') },
} as KubeObject;

async function worldOf(more: Readonly<Record<string, string>> = {}): Promise<CliWorld> {
  const map = { ...configMap, data: { ...configMap.data, ...more } };
  const objects = [...buildRelease({ status: releaseStatuses.healthy }), map, secret];
  return createCliWorld({
    objects,
    files: {
      'map.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {template.mine: "message: from a file"}\n',
      'ro.yaml':
        'apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: filed}\nspec: {}\nstatus: {phase: Paused}\n',
    },
  });
}

describe('sluice notifications', () => {
  it('prints templates and triggers', async () => {
    const world = await worldOf();
    expect((await world.run('notifications template get')).out).to.equal(
      `NAME    PREVIEW
broken  {"message":"{{.rollout"}
done    {"message":"{{.rollout.metadata.name}} is {{.rollout.status.phase}}, {{.secrets…
`,
    );
    expect((await world.run('notifications trigger get')).out).to.match(
      /^NAME +TEMPLATE +CONDITION\nodd +invalid: trigger\.odd: .*\non-done +done,done +rollout\.status\.phase == "Healthy"/,
    );
    expect((await world.run('notifications trigger get -o name')).out).to.equal('odd\non-done\n');
    expect((await world.run('notifications template get done -o yaml')).out).to.match(
      /^done:\n {2}message: /,
    );
    expect((await world.run('notifications template get nope')).err).to.equal(
      'error: no template "nope" is configured\n',
    );
  });
  it('evaluates the conditions of a trigger', async () => {
    const world = await worldOf();
    expect((await world.run('notifications trigger run on-done web')).out).to.equal(
      `CONDITION                          RESULT
rollout.status.phase == "Healthy"  true
rollout.spec.replicas > 1          true
`,
    );
    const { out } = await world.run('notifications trigger run on-done ro.yaml');
    expect(out).to.match(/"Healthy" {2}false\n/);
    expect((await world.run('notifications trigger run odd web')).code).to.equal(1);
  });
  it('makes a notification and prints it', async () => {
    const world = await worldOf();
    expect((await world.run('notifications template notify done web')).out).to.equal(
      'message: web is Healthy, hush\n',
    );
    expect((await world.run('notifications template notify broken web')).err).to.match(
      /^error: template\.broken/,
    );
    const line = 'notifications template notify mine web --config-map map.yaml --secret :empty';
    expect((await world.run(line)).out).to.equal('message: from a file\n');
  });
  it('sends it to a recipient', async () => {
    const received: string[] = [];
    const server = createServer((request: IncomingMessage, response) => {
      void text(request).then((body) => {
        received.push(`${request.url ?? ''} ${body}`);
        response.end('ok');
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      const world = await worldOf({
        'service.webhook.here': `url: http://127.0.0.1:${port}\n`,
        'template.hook':
          'message: m\nwebhook: {here: {method: POST, path: /in, body: "{{.rollout.metadata.name}}"}}\n',
      });
      const line = 'notifications template notify hook web --recipient here:';
      expect(await world.run(line)).to.deep.equal({ code: 0, out: 'sent to here:\n', err: '' });
      expect(received).to.deep.equal(['/in web']);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });
  it('says where it looked for the configuration', async () => {
    const { code, err } = await (
      await createCliWorld({ objects: buildRelease() })
    ).run('notifications template get');
    expect([code, err]).to.deep.equal([
      1,
      'error: configmaps "argo-rollouts-notification-configmap" not found in namespace "shop"; see --config-namespace and --config-map\n',
    ]);
  });
});
