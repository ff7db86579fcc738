import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { expect } from 'chai';
import { kinds, type Kind } from '#api/kinds.js';
import type { KubeObject } from '#api/k8s/meta.js';
import { sha256Hex } from '#core/digest/sha256.js';
import type { Kube } from '#ports/kube.js';
import { FakeHttpServer } from './http-server.js';
import { layerOf, RegistryServer } from './registry-server.js';
import { objectsIn } from './release-world.js';
import { S3Server } from './s3-server.js';

/** A cluster with the controllers of Git, wherever it runs. */
export interface ExampleCluster {
  readonly kube: Kube;
  /** Waits until it is so; fails when it never is. */
  until(what: string, isSo: () => Promise<boolean>): Promise<void>;
  /** Calls a Receiver; the status of the answer. */
  call(path: string, body: string, headers: Readonly<Record<string, string>>): Promise<number>;
  /** Takes away what is left, so that the next example begins with nothing. */
  end(): Promise<void>;
}

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: my-app, namespace: shop}
spec:
  selector: {matchLabels: {app: my-app}}
  template:
    metadata: {labels: {app: my-app}}
    spec: {containers: [{name: app, image: 'my-app:1'}]}
`;

/** A registry, a bucket and a webhook that the examples of sources and notifications are pointed at. */
class Surroundings {
  readonly registry = new RegistryServer();
  readonly bucket = new S3Server();
  readonly #pair = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  hook!: FakeHttpServer;

  async start(): Promise<void> {
    await Promise.all([this.registry.start(), this.bucket.start()]);
    this.hook = await FakeHttpServer.start();
    this.hook.answer = ({ path }, response) => void response.writeHead(path === '/flux' ? 200 : 404).end();
    const digest = this.registry.push('1.2.0', [{ content: await layerOf({ 'app.yaml': deployment }) }]);
    this.#sign(digest);
    this.registry.push('1.3.0-rc.1', [{ content: await layerOf({ 'app.yaml': 'kind: [' }) }]);
    this.bucket.secretKey = 'example-key';
    this.bucket.objects.set('shop/app.yaml', deployment);
    this.bucket.objects.set('shop/notes.md', 'no manifest');
    this.bucket.objects.set('other/bad.yaml', 'kind: [');
  }

  async stop(): Promise<void> {
    this.registry.close();
    this.bucket.close();
    await this.hook.stop();
  }

  /** An object of an example with what its README asks to replace. @param isWrong - with a key that opens nothing. */
  adapt(object: KubeObject, isWrong = false): KubeObject {
    const { spec = {}, stringData = {} } = object as { spec?: object; stringData?: object };
    const withSpec = (more: object): KubeObject => Object.assign({}, object, { spec: { ...spec, ...more } });
    const withData = (more: object): KubeObject =>
      Object.assign({}, object, { stringData: { ...stringData, ...more } });
    if (object.kind === 'OCIRepository')
      return withSpec({ url: `oci://${this.registry.host}/org/app`, insecure: true });
    if (object.kind === 'Bucket')
      return withSpec({ endpoint: this.bucket.endpoint, bucketName: 'app', insecure: true });
    if (object.metadata.name === 'cosign-keys' && !isWrong)
      return withData({ 'team.pub': this.#pair.publicKey });
    if (object.metadata.name === 'bucket-keys' && isWrong) return withData({ secretkey: 'wrong' });
    return object.metadata.name === 'webhook' && object.kind === 'Secret'
      ? withData({ address: `${this.hook.url}/flux` })
      : object;
  }

  #sign(digest: string): void {
    const image = { 'docker-manifest-digest': digest };
    const critical = { identity: {}, image, type: 'cosign container image signature' };
    const content = Buffer.from(JSON.stringify({ critical, optional: null }));
    const signature = createSign('sha256').update(content).sign(this.#pair.privateKey, 'base64');
    const annotations = { 'dev.cosignproject.cosign/signature': signature };
    const mediaType = 'application/vnd.dev.cosign.simplesigning.v1+json';
    this.registry.push(`${digest.replace(':', '-')}.sig`, [{ content, mediaType, annotations }]);
  }
}

/** The outcome of the examples of sources and notifications, the same on every cluster that `open` gives. */
export function sourceExamples(open: (context: Mocha.Context) => Promise<ExampleCluster>): void {
  const around = new Surroundings();
  let at: ExampleCluster;
  before(() => around.start());
  after(() => around.stop());
  beforeEach(async function () {
    at = await open(this);
  });
  afterEach(() => at.end());

  const begin = async (folder: string, isWrong = false): Promise<void> => {
    for (const object of objectsIn(`examples/${folder}`)) {
      if (object.kind !== 'Namespace') await apply(around.adapt(object, isWrong));
    }
  };
  const apply = async (body: KubeObject): Promise<void> => {
    const kind = await at.kube.resolve(body.apiVersion, body.kind);
    if (kind === undefined) throw new Error(`${body.kind} is not served`);
    const { name, namespace = 'flux-system' } = body.metadata;
    await at.kube.patch({ kind, name, namespace }, { type: 'apply', body, force: true });
  };
  const conditionOf = async (kind: Kind, name: string, type = 'Ready'): Promise<string> => {
    const object = await at.kube.get<any>({ kind, namespace: 'flux-system', name });
    const found = object?.status?.conditions?.find((condition: any) => condition.type === type);
    return `${found?.status} ${found?.reason}: ${found?.message}`;
  };
  const says = (kind: Kind, name: string, type: string, pattern: RegExp): Promise<void> =>
    at.until(`${kind.kind} ${name} ${type} ${String(pattern)}`, async () =>
      pattern.test(await conditionOf(kind, name, type)),
    );
  const brought = async (): Promise<boolean> =>
    (await at.kube.get({ kind: kinds.deployment, namespace: 'shop', name: 'my-app' })) !== undefined;

  for (const [folder, kind, revision] of [
    ['source-registry', kinds.ociRepository, '1\\.2\\.0@sha256:[0-9a-f]{64}'],
    ['source-bucket', kinds.bucket, 'sha256:[0-9a-f]{64}'],
  ] as const) {
    it(`${folder} is Ready and brings what it holds`, async () => {
      await begin(folder);
      const applied = new RegExp(`^True ReconciliationSucceeded: Applied revision: ${revision}$`);
      await says(kinds.kustomization, 'shop', 'Ready', applied);
      expect(await conditionOf(kind, 'shop')).to.match(/^True Succeeded: stored artifact/);
      expect(await brought()).to.equal(true);
    });
  }

  it('source-registry refuses what nobody of its keys has signed, and applies nothing', async () => {
    await begin('source-registry', true);
    await says(
      kinds.ociRepository,
      'shop',
      'SourceVerified',
      /^False VerificationError: .*no matching signatures/,
    );
    await says(kinds.kustomization, 'shop', 'Ready', /^False ArtifactFailed: /);
    expect(await brought()).to.equal(false);
  });

  it('source-bucket names the cause while its keys are refused, and applies nothing', async () => {
    await begin('source-bucket', true);
    await says(kinds.bucket, 'shop', 'Ready', /^False BucketOperationFailed: .*403/);
    await says(kinds.kustomization, 'shop', 'Ready', /^False ArtifactFailed: /);
    expect(await brought()).to.equal(false);
  });

  it('git-notify tells what failed, signed, and lets GitHub ask for a reconcile', async () => {
    around.hook.seen.length = 0;
    await begin('git-notify');
    const path = `/hook/${sha256Hex('change-me-toogithubflux-system')}`;
    await says(kinds.receiver, 'github', 'Ready', new RegExp(`^True Succeeded: .*${path}$`));
    await apply({
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'GitRepository',
      metadata: { name: 'app', namespace: 'flux-system' },
      spec: { interval: '1h', url: `${around.hook.url}/nobody` },
    } as KubeObject);
    await at.until('the webhook is told', () =>
      Promise.resolve(around.hook.seen.some((one) => one.path === '/flux')),
    );
    const told = around.hook.seen.find((one) => one.path === '/flux');
    const mac = createHmac('sha256', 'change-me')
      .update(told?.body ?? '')
      .digest('hex');
    expect(told?.headers['x-signature']).to.equal(`sha256=${mac}`);
    const { involvedObject, severity, reason, metadata } = JSON.parse(told?.body ?? '{}');
    expect([involvedObject.kind, involvedObject.name, severity, reason, metadata.cluster]).to.deep.equal([
      'GitRepository',
      'app',
      'error',
      'GitOperationFailed',
      'production',
    ]);
    const body = '{"ref":"refs/heads/main"}';
    const sign = (key: string) => `sha256=${createHmac('sha256', key).update(body).digest('hex')}`;
    const headers = (key: string) => ({ 'x-github-event': 'push', 'x-hub-signature-256': sign(key) });
    expect(await at.call(path, body, headers('somebody'))).to.equal(400);
    expect(await at.call(path, body, headers('change-me-too'))).to.equal(200);
    const key = { kind: kinds.gitRepository, namespace: 'flux-system', name: 'app' };
    expect((await at.kube.get(key))?.metadata.annotations).to.have.property(
      'reconcile.fluxcd.io/requestedAt',
    );
  });
}
