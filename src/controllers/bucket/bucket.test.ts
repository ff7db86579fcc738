import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { createObjectStore } from '#adapters/remotes/s3/object-store.js';
import { kinds } from '#api/kinds.js';
import { createBucketController } from '#controllers/bucket/index.js';
import { instantOf } from '#core/time/instant.js';
import { S3Server } from '#test/fakes/s3-server.js';
import { secretOf, SourceWorld } from '#test/fakes/source-world.js';

const clock = { now: () => instantOf(Date.UTC(2026, 0, 1)), schedule: () => () => undefined };
const digest = (kind: string, text: string): string => createHash(kind).update(text).digest('hex');

describe('Bucket over S3', () => {
  let s3: S3Server;
  let spec: object;

  beforeEach(async () => {
    s3 = new S3Server();
    await s3.start();
    spec = { endpoint: s3.endpoint, bucketName: 'app', insecure: true };
  });
  afterEach(() => s3.close());

  const login = (secretkey: string) => secretOf('login', { accesskey: 'me', secretkey });
  const worldOf = (...objects: ReturnType<typeof secretOf>[]): SourceWorld =>
    new SourceWorld(kinds.bucket, objects, (deps) =>
      createBucketController({ ...deps, store: createObjectStore(clock) }),
    );
  const fill = (objects: Readonly<Record<string, string>>): void => {
    for (const [key, text] of Object.entries(objects)) s3.objects.set(key, text);
  };

  it('stores the objects under the digest of keys and tags, with no rules of its own', async () => {
    fill({ 'b/logo.png': '2', 'a b+ü.yaml': '1', 'folder/': '' });
    const world = worldOf();
    await world.put(spec);
    const lines = [`a b+ü.yaml ${digest('md5', '1')}\n`, `b/logo.png ${digest('md5', '2')}\n`];
    const revision = `sha256:${digest('sha256', lines.join(''))}`;
    const { status } = await world.object();
    expect(status.artifact).to.include({
      revision,
      path: `bucket/flux-system/app/${revision.slice(7)}.tar.gz`,
    });
    expect(status['url']).to.equal('http://artifacts.test/bucket/flux-system/app/latest.tar.gz');
    expect(await world.files()).to.deep.equal({ 'a b+ü.yaml': '1', 'b/logo.png': '2' });
    expect(await world.says('Ready')).to.equal(`True Succeeded: stored artifact: revision '${revision}'`);
    expect(await world.events('Bucket')).to.deep.equal([
      "NewArtifact: stored artifact with 2 fetched files from 'app' bucket",
    ]);
  });

  it('downloads nothing while the index stays, and everything when it changes', async () => {
    fill({ 'a.yaml': '1', 'b.yaml': '2' });
    const world = worldOf();
    await world.put(spec);
    const before = await world.object();
    s3.requests.length = 0;
    await world.sandbox.clock.advance(60_000);
    expect(s3.requests.filter((path) => path.endsWith('.yaml'))).to.deep.equal([]);
    expect(await world.object()).to.deep.equal(before);
    fill({ 'a.yaml': '3' });
    s3.objects.delete('b.yaml');
    await world.sandbox.clock.advance(60_000);
    expect(await world.files()).to.deep.equal({ 'a.yaml': '3' });
  });

  it('leaves out what the rules at its root and those of the spec name, the last ones deciding', async () => {
    fill({ '.sourceignore': '*.txt\n', 'a.txt': '', 'b.md': '', 'c.yaml': '', 'd/.sourceignore': '*.yaml' });
    const world = worldOf();
    await world.put({ ...spec, ignore: '*.md\n!a.txt' });
    expect(Object.keys(await world.files())).to.have.members(['a.txt', 'c.yaml', 'd/.sourceignore']);
    expect((await world.object()).status['observedIgnore']).to.equal('*.md\n!a.txt');
  });

  it('reads every page of what begins with the prefix', async () => {
    s3.pageSize = 2;
    fill({ 'x/1': '', 'x/2': '', 'x/3': '', 'x/4': '', 'x/5': '', 'y/1': '' });
    const world = worldOf();
    await world.put({ ...spec, prefix: 'x/' });
    expect(Object.keys(await world.files())).to.have.length(5);
  });

  it('signs its requests with the keys of the Secret', async () => {
    s3.secretKey = 's3cr3t';
    fill({ "sp ace/it's(1)*.yaml": '1' });
    const world = worldOf(login('s3cr3t'));
    await world.put({ ...spec, prefix: 'sp ace/', secretRef: { name: 'login' } });
    expect(await world.files()).to.deep.equal({ "sp ace/it's(1)*.yaml": '1' });
  });

  describe('says what is wrong, and keeps what it has', () => {
    it('revoked keys', async () => {
      s3.secretKey = 'right';
      fill({ 'a.yaml': '1' });
      const world = worldOf(login('right'));
      await world.put({ ...spec, secretRef: { name: 'login' } });
      const { artifact } = (await world.object()).status;
      s3.secretKey = 'changed';
      await world.sandbox.clock.advance(60_000);
      const why = `failed to confirm existence of 'app' bucket: bucket app at ${s3.endpoint} answered 403 SignatureDoesNotMatch`;
      expect(await world.says('FetchFailed')).to.equal(`True BucketOperationFailed: ${why}`);
      expect(await world.says('Ready')).to.equal(`False BucketOperationFailed: ${why}`);
      expect(await world.says('Reconciling')).to.equal(`True ProgressingWithRetry: ${why}`);
      expect((await world.object()).status.artifact).to.deep.equal(artifact);
    });
    const cases: readonly [what: string, more: object, type: string, said: string | RegExp][] = [
      [
        'no bucket',
        { bucketName: 'other' },
        'FetchFailed',
        "True BucketOperationFailed: bucket 'other' not found",
      ],
      [
        'no server',
        { endpoint: '127.0.0.1:9' },
        'FetchFailed',
        /^True BucketOperationFailed: .*could not be asked/,
      ],
      [
        'an incomplete Secret',
        { secretRef: { name: 'half' } },
        'Ready',
        "False AuthenticationFailed: invalid 'half' secret data: required fields 'accesskey' and 'secretkey'",
      ],
      ['an endpoint that is a URL', { endpoint: 'http://x' }, 'Stalled', /^True URLInvalid: spec\.endpoint/],
      [
        'another provider',
        { provider: 'gcp' },
        'Stalled',
        /^True AuthenticationFailed: spec\.provider: "gcp" is/,
      ],
    ];
    for (const [what, more, type, said] of cases) {
      it(what, async () => {
        const world = worldOf(secretOf('half', { accesskey: 'me' }));
        await world.put({ ...spec, ...more });
        if (typeof said === 'string') expect(await world.says(type)).to.equal(said);
        else expect(await world.says(type)).to.match(said);
        const [event] = await world.events('Bucket');
        expect(`True ${event ?? ''}`.slice(5)).to.equal((await world.says('Ready'))?.slice(6));
      });
    }
    it('a key that is no path', async () => {
      fill({ '../evil': '1' });
      const world = worldOf();
      await world.put(spec);
      expect(await world.says('Ready')).to.match(
        /^False BucketOperationFailed: .*the key "\.\.\/evil" is no path/,
      );
    });
  });
});
