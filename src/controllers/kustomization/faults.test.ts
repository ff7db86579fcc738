import { createCipheriv, randomBytes } from 'node:crypto';
import { armor, Encrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import { expect } from 'chai';
import type { KustomizationSpec } from '#api/flux/kustomization.js';
import { kinds } from '#api/kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import type { KeyServices } from '#ports/sops.js';
import { GitopsWorld } from '#test/fakes/gitops-world.js';

const configMap = (name: string, more: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: shop}\n${more}\n`;

async function worldWith(
  files: Record<string, string>,
  spec: Partial<KustomizationSpec> = {},
  objects: readonly UnknownObject[] = [],
): Promise<GitopsWorld> {
  const world = new GitopsWorld(objects);
  world.git.commit('refs/heads/main', 'one', files);
  await world.createSource();
  await world.createKustomization(spec);
  await world.sandbox.clock.advance(2_000);
  return world;
}

const dataOf = async (world: GitopsWorld, name: string): Promise<unknown> =>
  (await world.find(kinds.configMap, name, 'shop'))?.['data'];

describe('a field that cannot be changed', () => {
  const files = (v: string, annotations = '') => ({
    'a.yaml': `apiVersion: v1\nkind: ConfigMap\nimmutable: true\nmetadata: {name: a, namespace: shop${annotations}}\ndata: {v: '${v}'}\n`,
  });
  const enabled = ', annotations: {kustomize.toolkit.fluxcd.io/force: Enabled}';
  const rows: readonly (readonly [
    what: string,
    spec: Partial<KustomizationSpec>,
    annotations: string,
    isMade: boolean,
  ])[] = [
    ['fails without force', {}, '', false],
    ['is made anew with spec.force', { force: true }, '', true],
    ['is made anew with the annotation, in any case', {}, enabled, true],
  ];
  for (const [what, spec, annotations, isMade] of rows) {
    it(what, async () => {
      const world = await worldWith(files('1', annotations), spec);
      world.git.commit('refs/heads/main', 'two', files('2', annotations));
      await world.sandbox.clock.advance(62_000);
      expect(await dataOf(world, 'a')).to.deep.equal({ v: isMade ? '2' : '1' });
      const ready = world.condition(await world.kustomization(), 'Ready');
      expect(ready).to.match(
        isMade
          ? /^True/
          : /^False ReconciliationFailed: ConfigMap\/shop\/a dry-run failed \(Invalid\): .*immutable/,
      );
    });
  }
});

describe('controls of one object', () => {
  const control = (key: string, value: string, v: string) =>
    configMap('a', `data: {v: '${v}'}`).replace(
      'namespace: shop',
      `namespace: shop, annotations: {kustomize.toolkit.fluxcd.io/${key}: ${value}}`,
    );
  const rows: readonly (readonly [key: string, value: string, after: unknown])[] = [
    ['reconcile', 'disabled', { v: '1' }],
    ['ssa', 'Ignore', { v: '1' }],
    ['ssa', 'IfNotPresent', { v: '1' }],
    ['ssa', 'Merge', { v: '2' }],
    ['prune', 'disabled', { v: '2' }],
  ];
  for (const [key, value, after] of rows) {
    it(`${key}: ${value} leaves ${JSON.stringify(after)} behind a commit`, async () => {
      const world = await worldWith({ 'a.yaml': configMap('a', "data: {v: '1'}") });
      world.git.commit('refs/heads/main', 'two', { 'a.yaml': control(key, value, '2') });
      await world.sandbox.clock.advance(62_000);
      expect(await dataOf(world, 'a')).to.deep.equal(after);
      expect((await world.kustomization()).status?.inventory?.entries).to.have.length(1);
      expect(world.condition(await world.kustomization(), 'Ready')).to.match(/^True/);
    });
  }

  it('prune: disabled keeps an object that left the source, and forgets it', async () => {
    const world = await worldWith({ 'a.yaml': control('prune', 'disabled', '1') });
    world.git.commit('refs/heads/main', 'two', { 'b.yaml': configMap('b', 'data: {}') });
    await world.sandbox.clock.advance(62_000);
    expect(await dataOf(world, 'a')).to.deep.equal({ v: '1' });
    expect((await world.kustomization()).status?.inventory?.entries).to.deep.equal([
      { id: 'shop_b__ConfigMap', v: 'v1' },
    ]);
  });
});

describe('encrypted Secrets', () => {
  const dataKey = randomBytes(32);
  const seal = (plain: string, path: string): string => {
    const iv = randomBytes(32);
    const cipher = createCipheriv('aes-256-gcm', dataKey, iv);
    cipher.setAAD(Buffer.from(path));
    const data = Buffer.concat([cipher.update(plain), cipher.final()]).toString('base64');
    return `ENC[AES256_GCM,data:${data},iv:${iv.toString('base64')},tag:${cipher.getAuthTag().toString('base64')},type:str]`;
  };
  const files = async (identity: string): Promise<Record<string, string>> => {
    const encrypter = new Encrypter();
    encrypter.addRecipient(await identityToRecipient(identity));
    const enc = armor.encode(await encrypter.encrypt(dataKey));
    const block = { age: [{ enc }], mac: 'ENC[mac]' };
    const head = 'apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: shop}\n';
    const env = enc.trim().replaceAll('\n', '\\n');
    return {
      'x/s.yaml': `${head}stringData:\n  password: ${seal('hunter2', 'stringData:password:')}\nsops: ${JSON.stringify(block)}\n`,
      'x/g.env': `TOKEN=${seal('t0ken', 'TOKEN:')}\nsops_age__list_0__map_enc=${env}\nsops_mac=ENC[mac]\n`,
      'x/kustomization.yaml':
        'resources: [s.yaml]\nsecretGenerator: [{name: g, namespace: shop, envs: [g.env], options: {disableNameSuffixHash: true}}]\n',
    };
  };
  const keys = (identity: string): UnknownObject => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'sops-keys', namespace: 'flux-system' },
    data: { 'app.agekey': Buffer.from(`# a comment\n${identity}\n`).toString('base64') },
  });
  const decryption = { provider: 'sops' as const, secretRef: { name: 'sops-keys' } };
  const valueOf = async (world: GitopsWorld, name: string, key: string): Promise<string> => {
    const secret = await world.sandbox.kube.get<any>({ kind: kinds.secret, namespace: 'shop', name });
    return Buffer.from(secret?.data?.[key] ?? '', 'base64').toString();
  };

  it('are opened behind the build, and what generators read before it', async () => {
    const identity = await generateIdentity();
    const world = await worldWith(await files(identity), { decryption, path: 'x' }, [keys(identity)]);
    expect(world.condition(await world.kustomization(), 'Ready')).to.match(/^True/);
    expect(await valueOf(world, 's', 'password')).to.equal('hunter2');
    expect(await valueOf(world, 'g', 'TOKEN')).to.equal('t0ken');
  });

  it('are opened by identities that the controllers have for all, when its own Secret opens nothing', async () => {
    const identity = await generateIdentity();
    const world = new GitopsWorld([keys(identity)], undefined, {
      ageSecret: { namespace: 'flux-system', name: 'sops-keys' },
    });
    world.git.commit('refs/heads/main', 'one', await files(identity));
    await world.createSource();
    await world.createKustomization({ decryption: { provider: 'sops' }, path: 'x' });
    await world.sandbox.clock.advance(2_000);
    expect(world.condition(await world.kustomization(), 'Ready')).to.match(/^True/);
    expect(await valueOf(world, 's', 'password')).to.equal('hunter2');
  });

  it('are opened by key services, with the credentials of the Secret and as the account that is named', async () => {
    const block = { kms: [{ arn: 'arn:a', enc: 'sealed', created_at: 'now' }], mac: 'ENC[mac]' };
    const text = `apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: shop}\nstringData:\n  password: ${seal('hunter2', 'stringData:password:')}\nsops: ${JSON.stringify(block)}\n`;
    const asked: unknown[] = [];
    const keyServices: KeyServices = {
      unseal: (...call) => {
        asked.push(call);
        return Promise.resolve(dataKey);
      },
    };
    const secret = { ...keys(''), data: { 'sops.aws-kms': Buffer.from('id').toString('base64') } };
    const world = new GitopsWorld([secret], undefined, { keyServices, defaultDecryptionAccount: 'other' });
    world.git.commit('refs/heads/main', 'one', { 's.yaml': text });
    await world.createSource();
    await world.createKustomization({ decryption: { ...decryption, serviceAccountName: 'opener' } });
    await world.sandbox.clock.advance(2_000);
    expect(world.condition(await world.kustomization(), 'Ready')).to.match(/^True/);
    expect(await valueOf(world, 's', 'password')).to.equal('hunter2');
    const account = { namespace: 'flux-system', name: 'opener' };
    expect(asked).to.deep.equal([
      [
        { service: 'kms', key: { arn: 'arn:a' }, sealed: 'sealed' },
        { age: [], pgp: [], credentials: { kms: 'id' }, account },
      ],
    ]);
  });

  it('are refused without keys, with the wrong ones, and where decryption is not configured', async () => {
    const [identity, other] = [await generateIdentity(), await generateIdentity()];
    const all = await files(identity);
    const readyOf = async (spec: Partial<KustomizationSpec>, objects: readonly UnknownObject[]) => {
      const world = await worldWith(all, { path: 'x', ...spec }, objects);
      expect(await world.find(kinds.secret, 's', 'shop')).to.equal(undefined);
      return world.condition(await world.kustomization(), 'Ready');
    };
    expect(await readyOf({ decryption }, [])).to.match(
      /^False BuildFailed: cannot get decryption Secret\/flux-system\/sops-keys: not found/,
    );
    expect(await readyOf({ decryption }, [keys(other)])).to.match(
      /^False BuildFailed: .*decryption failed: cannot get sops data key: no key opens it/,
    );
    expect(await readyOf({}, [])).to.match(
      /^False ReconciliationFailed: Secret\/shop\/s is SOPS encrypted, configuring decryption is required for this secret to be reconciled/,
    );
  });
});

describe('bad input', () => {
  it('of aliases that grow without end is refused by file', async () => {
    const layers = Array.from(
      { length: 30 },
      (_, i) =>
        `l${i}: &l${i} [${Array(9)
          .fill(i === 0 ? 'x' : `*l${i - 1}`)
          .join(', ')}]`,
    );
    // Nobody looks into what is no object, so it must be one.
    const head = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bomb}';
    const world = await worldWith({ 'bomb.yaml': [head, ...layers].join('\n') });
    expect(world.condition(await world.kustomization(), 'Ready')).to.match(
      /^False BuildFailed: bomb\.yaml: document contains excessive aliasing/,
    );
  });

  it('of a namespace that is going away fails by name and is tried again', async () => {
    const world = await worldWith(
      { 'a.yaml': configMap('a', 'data: {}').replaceAll('shop', 'leaving') },
      {},
      [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'leaving', finalizers: ['test/hold'] } }],
    );
    const key = { kind: kinds.namespace, name: 'leaving' };
    await world.sandbox.kube.delete(key);
    world.git.commit('refs/heads/main', 'two', {
      'b.yaml': configMap('b', 'data: {}').replaceAll('shop', 'leaving'),
    });
    await world.sandbox.clock.advance(62_000);
    expect(world.condition(await world.kustomization(), 'Ready')).to.match(
      /^False ReconciliationFailed: ConfigMap\/leaving\/b/,
    );
    expect(world.failures).to.deep.equal([]);
  });
});
