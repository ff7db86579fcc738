import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import type { ServiceKey } from '#core/gitops/sops/metadata.js';
import { emptyPluginConfig, type PluginEntry } from '#core/plugin/config.js';
import type { DecryptionKeys } from '#ports/sops.js';
import { createGuard } from '#adapters/metrics/http/client/guard.js';
import { createPluginHost } from '#adapters/plugin/host.js';
import { FakeHttpServer } from '#test/fakes/http-server.js';
import { createManualClock } from '#test/fakes/manual-clock.js';
import { createPluginFolder, noSecrets, pluginEntry } from '#test/fakes/shell-plugin.js';
import { ScriptedPlugins } from '#test/fakes/scripted-plugins.js';
import { createSilentLog } from '#test/fakes/silent-log.js';
import { createKeyServices } from '#adapters/sops/key-services.js';
import { unsealByVault } from '#adapters/remotes/vault/vault.js';

const dataKey = randomBytes(32);
const base64 = dataKey.toString('base64');
const none: DecryptionKeys = { age: [], pgp: [] };

const keysOf: Readonly<Record<string, ServiceKey>> = {
  kms: {
    service: 'kms',
    key: { arn: 'arn:aws:kms:eu:1:key/a', role: 'arn:aws:iam::1:role/r', context: { app: 'shop' } },
    sealed: 'AQID',
  },
  gcp_kms: { service: 'gcp_kms', key: { resource_id: 'projects/p/cryptoKeys/k' }, sealed: 'AQID' },
  azure_kv: {
    service: 'azure_kv',
    key: { vault_url: 'https://v.vault.azure.net', name: 'k', version: '1' },
    sealed: 'AQID',
  },
  hckms: { service: 'hckms', key: { key_id: 'eu:1' }, sealed: 'AQID' },
};

describe('data keys that a plugin opens (flux-semantics 8.5)', () => {
  const folder = createPluginFolder();
  const hosts: { close(): Promise<void> }[] = [];
  after(async () => {
    await Promise.all(hosts.map((host) => host.close()));
    folder.remove();
  });

  /** A plugin that writes its request down and answers so. */
  function world(branches: string, entry: Partial<PluginEntry> = {}) {
    const path = folder.write(
      `p${hosts.length}`,
      `key.unseal) printf '%s' "$line" > ${folder.path}/asked; ${branches} ;;`,
      '{"protocolVersion":1,"kinds":["key"]}',
    );
    const clock = createManualClock(0);
    const host = createPluginHost({
      clock,
      log: createSilentLog(),
      env: { PATH: process.env['PATH'] },
      readSecret: noSecrets,
    });
    hosts.push(host);
    const key = [pluginEntry({ path }, { name: 'team/kms', ...entry }, 'key')];
    const accountOf = (place: { namespace: string; name: string }, audiences: readonly string[]) =>
      Promise.resolve({ ...place, annotations: { role: 'r' }, token: `t0ken-for-${audiences.join()}` });
    const plugins = { read: () => ({ ...emptyPluginConfig, key }), host };
    const nowhere = () => Promise.reject(new Error('nobody asks a Vault'));
    return createKeyServices({ plugins, accountOf, unsealByVault: nowhere });
  }
  const asked = async (): Promise<any> => {
    const { readFile } = await import('node:fs/promises');
    return (JSON.parse(await readFile(`${folder.path}/asked`, 'utf8')) as { params: unknown }).params;
  };

  for (const [service, key] of Object.entries(keysOf)) {
    it(`are those of ${service}, asked with what the file says of its key`, async () => {
      const services = world(`answer '{"dataKey":"${base64}"}'`);
      expect(Buffer.from(await services.unseal(key, none))).to.deep.equal(dataKey);
      expect(await asked()).to.deep.equal({ plugin: 'team/kms', service, key: key.key, sealed: 'AQID' });
    });
  }

  it('are asked for with the credentials of the Secret and as the account that is named', async () => {
    const services = world(`answer '{"dataKey":"${base64}"}'`, { audiences: ['sts.amazonaws.com'] });
    const account = { namespace: 'shop', name: 'opener' };
    await services.unseal(keysOf['kms']!, { ...none, credentials: { kms: 'aws_access_key_id: a' }, account });
    const { credentials, account: told } = await asked();
    expect(credentials).to.equal('aws_access_key_id: a');
    expect(told).to.deep.equal({
      ...account,
      annotations: { role: 'r' },
      token: 't0ken-for-sts.amazonaws.com',
    });
  });

  const refusals: readonly (readonly [what: string, branches: string, problem: RegExp])[] = [
    [
      'are refused in the words of the plugin, without the secrets that it was given',
      `printf '{"id":"%s","error":{"message":"AccessDenied for s3cret"}}\\n' "$id"`,
      /^plugin team\/kms: AccessDenied for \*\*\*$/,
    ],
    [
      'are no text',
      `answer '{"dataKey":7}'`,
      /the answer of the plugin has no "dataKey" of 32 bytes in base64/,
    ],
    ['are too short', `answer '{"dataKey":"AQID"}'`, /no "dataKey" of 32 bytes/],
    ['do not come in time', 'sleep 5', /plugin team\/kms: .*did not answer key.unseal within/],
  ];
  for (const [what, branches, problem] of refusals) {
    it(what, async () => {
      const services = world(branches, { timeoutMs: 300 });
      const failure: any = await services
        .unseal(keysOf['kms']!, { ...none, credentials: { kms: 's3cret' } })
        .catch((thrown: unknown) => thrown);
      expect(failure.code).to.equal('BuildFailed');
      expect(failure.message).to.match(problem);
    });
  }

  it('have no plugin: the message says where to name one', async () => {
    const services = world(`answer '{"dataKey":"${base64}"}'`, { services: ['gcp_kms'] });
    const failure = await services.unseal(keysOf['kms']!, none).catch(String);
    expect(failure).to.match(
      /name a plugin that opens it under keyPlugins of ConfigMap argo-rollouts-config/,
    );
  });
});

describe('data keys that a Vault opens (flux-semantics 8.5, sops.vault-token)', () => {
  let server: FakeHttpServer;
  before(async () => void (server = await FakeHttpServer.start()));
  after(() => server.stop());

  const plugins = { read: () => emptyPluginConfig, host: new ScriptedPlugins(() => 0) };
  const accountOf = () => Promise.reject(new Error('nobody asks'));
  const vaultServices = (guard?: ReturnType<typeof createGuard>) =>
    createKeyServices({
      plugins,
      accountOf,
      unsealByVault: (key, token) => unsealByVault(key, token, guard),
    });
  const keyOf = (fields: object = {}): ServiceKey => ({
    service: 'hc_vault',
    key: { vault_address: server.url, engine_path: 'team/transit', key_name: 'shop', ...fields },
    sealed: 'vault:v1:abc',
  });
  const token: DecryptionKeys = { ...none, credentials: { hc_vault: 'hvs.s3cret\n' } };

  it('are asked for with the token of the Secret, at the engine that the file names', async () => {
    server.answer = (_request, response) =>
      void response.end(JSON.stringify({ data: { plaintext: base64 } }));
    const services = vaultServices();
    expect(Buffer.from(await services.unseal(keyOf(), token))).to.deep.equal(dataKey);
    const { method, path, headers, body } = server.seen.at(-1)!;
    expect([method, path, headers['x-vault-token'], JSON.parse(body)]).to.deep.equal([
      'POST',
      '/v1/team/transit/decrypt/shop',
      'hvs.s3cret',
      { ciphertext: 'vault:v1:abc' },
    ]);
  });

  const refusals: readonly (readonly [string, number, string, object, RegExp])[] = [
    [
      'is denied',
      403,
      '{"errors":["permission denied to hvs.s3cret"]}',
      {},
      /answers 403: permission denied to \*\*\*$/,
    ],
    ['answers no JSON', 200, 'hello', {}, /its answer has no data key/],
    ['redirects', 307, '', {}, /answers 307/],
    ['is at no URL', 200, '', { vault_address: 'file:///x' }, /is no http or https URL/],
    ['is asked for a path that climbs', 200, '', { engine_path: '../sys' }, /name no key/],
  ];
  for (const [what, status, text, fields, problem] of refusals) {
    it(`are refused when it ${what}`, async () => {
      server.answer = (_request, response) => void response.writeHead(status).end(text);
      const failure = await vaultServices().unseal(keyOf(fields), token).catch(String);
      expect(failure).to.match(problem);
      expect(failure).not.to.include('s3cret');
    });
  }

  it('are not asked for at addresses that only the machine is meant to reach', async () => {
    const services = vaultServices(createGuard(['127.0.0.0/8']));
    const asked = server.seen.length;
    expect(await services.unseal(keyOf(), token).catch(String)).to.match(/could not be asked/);
    expect(server.seen.length).to.equal(asked);
  });

  it('without a token need a plugin; the message names both ways', async () => {
    const failure = await vaultServices().unseal(keyOf(), none).catch(String);
    expect(failure).to.match(/put sops.vault-token into the Secret of spec.decryption, or name a plugin/);
  });
});
