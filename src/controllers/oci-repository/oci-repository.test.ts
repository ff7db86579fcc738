import { createSign, generateKeyPairSync } from 'node:crypto';
import { expect } from 'chai';
import { createOciRegistry } from '#adapters/remotes/oci/registry.js';
import { createBlobVerifier } from '#adapters/signatures/blob.js';
import { kinds } from '#api/kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { createOciRepositoryController } from '#controllers/oci-repository/index.js';
import { layerOf, RegistryServer } from '#test/fakes/registry-server.js';
import { secretOf, SourceWorld } from '#test/fakes/source-world.js';

const hex = (digest: string): string => digest.replace('sha256:', '');

describe('OCIRepository over a registry', () => {
  let registry: RegistryServer;
  let url: string;

  beforeEach(async () => {
    registry = new RegistryServer();
    await registry.start();
    url = `oci://${registry.host}/org/app`;
  });
  afterEach(() => registry.close());

  const worldOf = (objects: readonly KubeObject[] = []): SourceWorld =>
    new SourceWorld(kinds.ociRepository, objects, (deps) =>
      createOciRepositoryController({ ...deps, registry: createOciRegistry(), blobs: createBlobVerifier() }),
    );
  const pushed = async (tag: string, files: Readonly<Record<string, string>>): Promise<string> =>
    registry.push(tag, [{ content: await layerOf(files) }]);

  it('stores the first layer under the digest of the manifest, with its annotations', async () => {
    const content = await layerOf(
      { 'a.yaml': 'a: 1', 'pic.png': '', '.sops.yaml': '' },
      { link: '/etc/passwd' },
    );
    const annotations = {
      'org.opencontainers.image.source': 'https://git.test/app',
      'org.opencontainers.image.revision': 'main@sha1:abc',
    };
    const digest = registry.push('latest', [{ content }], annotations);
    const world = worldOf();
    await world.put({ url, insecure: true });
    const { status } = await world.object();
    expect(status.artifact).to.include({
      path: `ocirepository/flux-system/app/${hex(digest)}.tar.gz`,
      revision: `latest@${digest}`,
    });
    expect(status.artifact?.metadata).to.deep.equal(annotations);
    expect(status['url']).to.equal('http://artifacts.test/ocirepository/flux-system/app/latest.tar.gz');
    expect(await world.files()).to.deep.equal({ 'a.yaml': 'a: 1' });
    expect(await world.says('Ready')).to.equal(
      `True Succeeded: stored artifact for digest 'latest@${digest}'`,
    );
    expect(status.observedGeneration).to.equal(1);
    expect(await world.events('OCIRepository')).to.deep.equal([
      `NewArtifact: stored artifact with revision 'latest@${digest}' from '${url}', origin source 'https://git.test/app', origin revision 'main@sha1:abc'`,
    ]);
  });

  it('asks for the digest alone while nothing changed, and pulls a tag that moved', async () => {
    await pushed('main', { 'a.yaml': '1' });
    const world = worldOf();
    await world.put({ url, insecure: true, ref: { tag: 'main' } });
    registry.requests.length = 0;
    const before = await world.object();
    await world.sandbox.clock.advance(60_000);
    expect(registry.requests).to.deep.equal(['HEAD /v2/org/app/manifests/main']);
    expect(await world.object()).to.deep.equal(before);
    const digest = await pushed('main', { 'a.yaml': '2' });
    await world.sandbox.clock.advance(60_000);
    expect((await world.object()).status.artifact?.revision).to.equal(`main@${digest}`);
    expect(await world.files()).to.deep.equal({ 'a.yaml': '2' });
  });

  describe('takes by precedence digest, semver, tag', () => {
    it('the highest version of those that the filter lets through', async () => {
      for (const tag of ['1.0.0', '1.2.0-staging', '1.3.0', '2.0.0', 'v1.9', 'latest'])
        await pushed(tag, { tag });
      const world = worldOf();
      await world.put({ url, insecure: true, ref: { semver: '>=1.0.0 <2.0.0', tag: 'latest' } });
      expect((await world.object()).status.artifact?.revision).to.match(/^1\.3\.0@sha256:/);
      const ref = { semver: '>=1.0.0-0', semverFilter: '.*-staging$' };
      await world.edit({ spec: { ref } });
      expect((await world.object()).status.artifact?.revision).to.match(/^1\.2\.0-staging@sha256:/);
    });
    it('a digest without asking which', async () => {
      const digest = await pushed('1.0.0', { 'a.yaml': '1' });
      await pushed('2.0.0', { 'a.yaml': '2' });
      const world = worldOf();
      await world.put({ url, insecure: true, ref: { digest, semver: '*' } });
      expect((await world.object()).status.artifact?.revision).to.equal(digest);
      expect(registry.requests).to.not.include('GET /v2/org/app/tags/list');
    });
  });

  it('selects a layer by its media type, and keeps it byte for byte when it is to be copied', async () => {
    const content = Buffer.from('a chart');
    registry.push('latest', [
      { content: await layerOf({ a: '1' }) },
      { content, mediaType: 'application/chart' },
    ]);
    const world = worldOf();
    const layerSelector = { mediaType: 'application/chart', operation: 'copy' };
    await world.put({ url, insecure: true, layerSelector });
    expect(Object.values(await world.files())).to.deep.equal(['a chart']);
    expect((await world.object()).status['observedLayerSelector']).to.deep.equal(layerSelector);
    await world.edit({ spec: { layerSelector: { mediaType: 'application/other', operation: null } } });
    expect(await world.says('FetchFailed')).to.equal(
      "True OCIArtifactLayerOperationFailed: failed to find layer with media type 'application/other' in artifact",
    );
    expect((await world.object()).status.artifact).to.not.equal(undefined);
  });

  it('makes the artifact anew when the rules of what is ignored change', async () => {
    await pushed('latest', { 'a.yaml': '1', 'b.txt': '2' });
    const world = worldOf();
    await world.put({ url, insecure: true });
    await world.edit({ spec: { ignore: '*.txt' } });
    expect(await world.files()).to.deep.equal({ 'a.yaml': '1' });
    expect((await world.object()).status['observedIgnore']).to.equal('*.txt');
  });

  describe('logs in', () => {
    const config = (auths: object) => JSON.stringify({ auths });
    const auth = Buffer.from('robot:right').toString('base64');
    const pull = (name: string, password = auth) =>
      secretOf(name, {
        '.dockerconfigjson': config({ [`http://${registry.host}/v2/`]: { auth: password } }),
      });

    it('with a token for everybody', async () => {
      registry.login = 'anonymous';
      await pushed('latest', { a: '1' });
      const world = worldOf();
      await world.put({ url, insecure: true });
      expect(await world.says('Ready')).to.match(/^True/);
      expect(registry.requests).to.include('GET /token');
    });
    it('with a token for the user of the Secret, or of one that the service account lends', async () => {
      registry.login = { username: 'robot', password: 'right' };
      await pushed('latest', { a: '1' });
      const account = {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: 'puller', namespace: 'flux-system' },
        imagePullSecrets: [{ name: 'absent' }, { name: 'pull' }],
      } as KubeObject;
      for (const who of [{ secretRef: { name: 'pull' } }, { serviceAccountName: 'puller' }]) {
        const world = worldOf([pull('pull'), account]);
        await world.put({ url, insecure: true, ...who });
        expect(await world.says('Ready')).to.match(/^True/);
      }
    });
    it('with a password as it is', async () => {
      registry.login = 'basic';
      await pushed('latest', { a: '1' });
      const world = worldOf([pull('pull')]);
      await world.put({ url, insecure: true, secretRef: { name: 'pull' } });
      expect(await world.says('Ready')).to.match(/^True/);
    });
    it('in vain with a wrong one, which is not told', async () => {
      registry.login = { username: 'robot', password: 'right' };
      await pushed('latest', { a: '1' });
      const wrong = Buffer.from('robot:wr0ng').toString('base64');
      const world = worldOf([pull('pull', wrong)]);
      await world.put({ url, insecure: true, secretRef: { name: 'pull' } });
      const said = await world.says('FetchFailed');
      expect(said).to.match(
        /^True OCIArtifactPullFailed: failed to determine artifact digest: .* answered 401/,
      );
      expect(said).to.not.include('wr0ng');
    });
    it('not without the Secret that is named', async () => {
      const world = worldOf([secretOf('empty', { a: 'b' })]);
      await world.put({ url, insecure: true, secretRef: { name: 'absent' } });
      expect(await world.says('Ready')).to.equal(
        'False AuthenticationFailed: Secret/flux-system/absent: not found; create it or change spec.secretRef',
      );
      await world.edit({ spec: { secretRef: { name: 'empty' } } });
      expect(await world.says('Ready')).to.match(/^False AuthenticationFailed: .*\.dockerconfigjson/);
    });
  });

  describe('verifies with a key of cosign', () => {
    const pair = () =>
      generateKeyPairSync('ec', {
        namedCurve: 'P-256',
        publicKeyEncoding: { type: 'spki', format: 'pem' },
        privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      });
    const mine = pair();
    const sign = (digest: string, about = digest): void => {
      const image = { 'docker-manifest-digest': about };
      const critical = { identity: {}, image, type: 'cosign container image signature' };
      const content = Buffer.from(JSON.stringify({ critical, optional: null }));
      const signature = createSign('sha256').update(content).sign(mine.privateKey, 'base64');
      registry.push(`${digest.replace(':', '-')}.sig`, [
        {
          content,
          mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json',
          annotations: { 'dev.cosignproject.cosign/signature': signature },
        },
      ]);
    };
    const verify = { provider: 'cosign', secretRef: { name: 'keys' } };

    it('and says which revision it is', async () => {
      const digest = await pushed('latest', { a: '1' });
      sign(digest);
      const world = worldOf([
        secretOf('keys', { 'other.pub': pair().publicKey, 'mine.pub': mine.publicKey }),
      ]);
      await world.put({ url, insecure: true, verify });
      expect(await world.says('SourceVerified')).to.equal(
        `True Succeeded: verified signature of revision latest@${digest}`,
      );
      expect(await world.says('Ready')).to.match(/^True/);
      await world.edit({ spec: { verify: null } });
      expect(await world.says('SourceVerified')).to.equal(undefined);
    });

    for (const [what, prepare] of [
      ['nobody signed', () => undefined],
      ['another key signed', (digest: string) => sign(digest)],
      ['the signature is about another', (digest: string) => sign(digest, `sha256:${'0'.repeat(64)}`)],
    ] as const) {
      it(`refuses what ${what}, and keeps what it has`, async () => {
        const good = await pushed('latest', { a: '1' });
        sign(good);
        const key = what === 'another key signed' ? pair().publicKey : mine.publicKey;
        const world = worldOf([secretOf('keys', { 'a.pub': key })]);
        if (what === 'another key signed') await world.put({ url, insecure: true });
        else await world.put({ url, insecure: true, verify });
        const bad = await pushed('latest', { a: '2' });
        prepare(bad);
        await world.edit({ spec: { verify, interval: '2m' } });
        const why = `failed to verify the signature using provider 'cosign': no matching signatures were found for '${registry.host}/org/app:latest'`;
        expect(await world.says('SourceVerified')).to.equal(`False VerificationError: ${why}`);
        expect(await world.says('Ready')).to.equal(`False VerificationError: ${why}`);
        expect((await world.object()).status.artifact?.revision).to.equal(`latest@${good}`);
      });
    }

    it('not without a key, and not by notation: both are refused by name', async () => {
      const world = worldOf();
      await world.put({ url, insecure: true, verify: { provider: 'cosign' } });
      expect(await world.says('Stalled')).to.match(
        /^True VerificationError: spec\.verify: cosign without a key/,
      );
      await world.edit({ spec: { verify: { provider: 'notation' } } });
      expect(await world.says('Stalled')).to.match(
        /^True VerificationError: spec\.verify\.provider: "notation"/,
      );
      expect(await world.says('SourceVerified')).to.match(/^False VerificationError/);
    });
  });

  describe('says what is wrong', () => {
    const cases: readonly [what: string, spec: object, said: RegExp][] = [
      [
        'a URL with a tag',
        { url: 'oci://x.test/org/app:1' },
        /^True URLInvalid: URL validation failed .*remove ':1'$/,
      ],
      ['a digest that is none', { ref: { digest: 'sha256:1' } }, /^True URLInvalid: spec\.ref\.digest/],
      [
        'another provider',
        { provider: 'gcp' },
        /^True AuthenticationFailed: spec\.provider: "gcp" is not served/,
      ],
    ];
    for (const [what, spec, said] of cases) {
      it(`${what}, and stalls`, async () => {
        const world = worldOf();
        await world.put({ url, insecure: true, ...spec });
        expect(await world.says('Stalled')).to.match(said);
        expect((await world.object()).status.observedGeneration).to.equal(1);
        expect(await world.events('OCIRepository')).to.have.length(1);
      });
    }
    it('no tag in the range, a tag that is gone, a layer that is not what its digest says', async () => {
      const world = worldOf();
      await world.put({ url, insecure: true, ref: { semver: '>=1.0.0' } });
      expect(await world.says('FetchFailed')).to.equal(
        `True ReadOperationFailed: failed to determine the artifact tag for '${url}': no match found for semver: >=1.0.0`,
      );
      await world.edit({ spec: { ref: { semver: null, tag: 'gone' } } });
      expect(await world.says('FetchFailed')).to.match(
        /^True OCIArtifactPullFailed: failed to determine artifact digest: .*manifests\/gone: not found$/,
      );
      const digest = await pushed('gone', { a: '1' });
      registry.spoil(registry.layersOf(digest)[0] ?? '');
      await world.sandbox.clock.advance(2_000);
      expect(await world.says('FetchFailed')).to.match(
        /^True OCIArtifactPullFailed: .* sent something else than/,
      );
      await pushed('gone', { a: '2' });
      await world.sandbox.clock.advance(60_000);
      expect(await world.says('Ready')).to.match(/^True/);
    });
    it('a layer whose entries leave the tree', async () => {
      registry.push('latest', [{ content: await layerOf({ '../evil': '1' }) }]);
      const world = worldOf();
      await world.put({ url, insecure: true });
      expect(await world.says('Ready')).to.match(
        /^False OCIArtifactLayerOperationFailed: failed to extract layer contents .*leaves the tree$/,
      );
    });
  });
});
