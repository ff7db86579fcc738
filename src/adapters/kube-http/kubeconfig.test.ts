import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { printYaml } from '#core/yaml/yaml.js';
import { AppError } from '#ports/errors.js';
import { createManualClock } from '#test/fakes/manual-clock.js';
import { createCredentials } from './credentials.js';
import { loadKubeconfig, type KubeAccess } from './kubeconfig.js';

describe('kubeconfig', () => {
  let folder: string;

  before(async () => void (folder = await mkdtemp(join(tmpdir(), 'kubeconfig-'))));
  after(() => rm(folder, { recursive: true }));

  async function load(server: string, user: unknown, context?: string, access?: KubeAccess) {
    const path = join(folder, 'config');
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'here',
      clusters: [{ name: 'c', cluster: { server } }],
      users: [{ name: 'u', user }],
      contexts: [{ name: 'here', context: { cluster: 'c', user: 'u', namespace: 'shop' } }],
    };
    await writeFile(path, printYaml(config));
    return loadKubeconfig({
      path,
      ...(context === undefined ? {} : { context }),
      ...(access === undefined ? {} : { access }),
    });
  }

  it('reads a server of plain http with a token', async () => {
    const config = await load('http://127.0.0.1:1/', { token: 'secret' });
    expect(config.namespace).to.equal('shop');
    expect(await config.load()).to.deep.include({
      server: 'http://127.0.0.1:1',
      headers: { authorization: 'Bearer secret' },
    });
  });

  it('reads a token from the file beside it, and reads it again when it is asked anew', async () => {
    await writeFile(join(folder, 'token'), 'one');
    const config = await load('http://127.0.0.1:1', { tokenFile: 'token', token: 'older' });
    expect((await config.load()).headers).to.deep.equal({ authorization: 'Bearer one' });
    await writeFile(join(folder, 'token'), 'two\n');
    expect((await config.reload()).headers).to.deep.equal({ authorization: 'Bearer two' });
  });

  it('lets flags stand over what it says', async () => {
    const access = {
      server: 'https://other:1/',
      token: 'flag',
      as: 'jo',
      asGroups: ['dev', 'ops'],
      isInsecure: true,
    };
    const config = await load('https://127.0.0.1:1', { token: 'secret' }, undefined, access);
    expect(await config.load()).to.deep.include({
      server: 'https://other:1',
      headers: {
        authorization: 'Bearer flag',
        'impersonate-user': 'jo',
        'impersonate-group': ['dev', 'ops'],
      },
      tls: { rejectUnauthorized: false },
    });
    const other: unknown = await load('https://127.0.0.1:1', {}, undefined, { user: 'x' }).catch(
      (thrown: unknown) => thrown,
    );
    expect((other as AppError).message).to.match(/config: there is no user "x"$/);
    const named = await load('https://127.0.0.1:1', { token: 'a' }, undefined, { cluster: 'c', user: 'u' });
    expect([named.namespace, (await named.load()).headers]).to.deep.equal([
      'shop',
      { authorization: 'Bearer a' },
    ]);
  });

  it('reads the files of flags', async () => {
    const file = async (name: string) => {
      await writeFile(join(folder, name), name);
      return join(folder, name);
    };
    const config = await load('https://127.0.0.1:1', { token: 'secret' }, undefined, {
      caFile: await file('ca'),
      certFile: await file('cert'),
      keyFile: await file('key'),
      serverName: 'other',
      proxyUrl: 'http://proxy:1',
    });
    expect(await config.load()).to.deep.include({
      tls: { ca: 'ca', cert: 'cert', key: 'key', servername: 'other' },
      proxyUrl: 'http://proxy:1',
    });
    const absent = await load('https://127.0.0.1:1', {}, undefined, { caFile: '/absent' });
    const error: unknown = await absent.load().catch((thrown: unknown) => thrown);
    expect((error as AppError).message).to.match(/^\/absent: cannot be read: ENOENT/);
  });

  it('hands client certificates to TLS', async () => {
    const data = (text: string) => Buffer.from(text).toString('base64');
    const user = { 'client-certificate-data': data('cert'), 'client-key-data': data('key') };
    const { tls } = await (await load('https://127.0.0.1:1', user)).load();
    expect([String(tls.cert), String(tls.key)]).to.deep.equal(['cert', 'key']);
  });

  it('runs an exec plugin, and again only after a refusal', async () => {
    const counter = join(folder, 'calls');
    const credential = { apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential' };
    const script = `
      const fs = require('node:fs');
      fs.appendFileSync(${JSON.stringify(counter)}, 'x');
      const token = 'token-' + fs.readFileSync(${JSON.stringify(counter)}).length;
      const status = { token, expirationTimestamp: '2099-01-01T00:00:00Z' };
      console.log(JSON.stringify({ ...${JSON.stringify(credential)}, status }));
    `;
    const exec = { apiVersion: credential.apiVersion, command: process.execPath, args: ['-e', script] };
    const clock = createManualClock();
    const credentials = createCredentials(await load('https://127.0.0.1:1', { exec }), clock);
    const token = async () => (await credentials.current()).headers['authorization'];
    expect([await token(), await token()]).to.deep.equal(['Bearer token-1', 'Bearer token-1']);
    await clock.advance(61_000);
    const current = await credentials.current();
    expect(current.headers['authorization']).to.equal('Bearer token-1');
    credentials.reject(current);
    credentials.reject(current);
    expect(await token()).to.equal('Bearer token-2');
    credentials.reject(current);
    expect(await token()).to.equal('Bearer token-2');
  });

  it('names the file and the contexts when the context is unknown', async () => {
    const error: unknown = await load('http://127.0.0.1:1', {}, 'there').catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(AppError);
    expect((error as AppError).message).to.match(/config: context "there" names no cluster; contexts: here$/);
    const missing: unknown = await loadKubeconfig({ path: join(folder, 'none') }).catch(
      (thrown: unknown) => thrown,
    );
    expect((missing as AppError).code).to.equal('ConfigInvalid');
  });
});
