import { createCipheriv, randomBytes } from 'node:crypto';
import { Encrypter, armor, generateIdentity, identityToRecipient } from 'age-encryption';
import { expect } from 'chai';
import * as openpgp from 'openpgp';
import { printTree, readTree, type SopsFormat } from '#core/gitops/sops/formats.js';
import { sopsMetadata, type KeyGroup, type SopsMetadata } from '#core/gitops/sops/metadata.js';
import { decryptTree } from '#core/gitops/sops/tree.js';
import { splitSecret } from '#test/fakes/split-secret.js';
import { createSops } from './sops.js';

const sops = createSops();
const dataKey = randomBytes(32);

/** A value as SOPS seals it: AES-256-GCM with an iv of 32 bytes, the path as what is authenticated beside it. */
function seal(plain: string, path: string, type = 'str'): string {
  const iv = randomBytes(32);
  const cipher = createCipheriv('aes-256-gcm', dataKey, iv);
  cipher.setAAD(Buffer.from(path));
  const data = Buffer.concat([cipher.update(plain), cipher.final()]).toString('base64');
  const tag = cipher.getAuthTag().toString('base64');
  return `ENC[AES256_GCM,data:${data},iv:${iv.toString('base64')},tag:${tag},type:${type}]`;
}

async function forAge(
  sealed: Uint8Array = dataKey,
): Promise<{ readonly identity: string; readonly enc: string }> {
  const identity = await generateIdentity();
  const encrypter = new Encrypter();
  encrypter.addRecipient(await identityToRecipient(identity));
  return { identity, enc: armor.encode(await encrypter.encrypt(sealed)) };
}

/** The metadata of a file whose keys are one group. */
function only(group: Partial<KeyGroup>): SopsMetadata {
  return { groups: [{ age: [], pgp: [], services: [], ...group }], threshold: 1 };
}

describe('SOPS in this process', () => {
  it('opens the data key with the identity of age that it is for, among others', async () => {
    const { identity, enc } = await forAge();
    const other = await generateIdentity();
    const metadata = only({ age: [(await forAge()).enc, enc] });
    const found = await sops.unlock(metadata, { age: [other, identity], pgp: [] });
    expect(Buffer.from(found)).to.deep.equal(dataKey);
  });

  it('opens the data key with a private key of OpenPGP', async () => {
    const { privateKey, publicKey } = await openpgp.generateKey({
      userIDs: [{ name: 'a', email: 'a@test' }],
    });
    const encryptionKeys = await openpgp.readKey({ armoredKey: publicKey });
    const message = await openpgp.createMessage({ binary: new Uint8Array(dataKey) });
    const enc = String(await openpgp.encrypt({ message, encryptionKeys }));
    const found = await sops.unlock(only({ pgp: [enc] }), { age: [], pgp: [privateKey] });
    expect(Buffer.from(found)).to.deep.equal(dataKey);
  });

  it('names what it is encrypted for when no key opens it', async () => {
    const services = [{ service: 'kms' as const, key: { arn: 'arn:a' }, sealed: 'x' }];
    const metadata = only({ age: [(await forAge()).enc], services });
    const failure = await sops.unlock(metadata, { age: [await generateIdentity()], pgp: [] }).catch(String);
    expect(failure).to.match(
      /no key opens it; it is encrypted for age \(1 identities in the Secret\), kms, which is not served/,
    );
  });

  const parts = splitSecret(dataKey, 2, 3, 7);
  const groupFor = async (part: Uint8Array | undefined): Promise<{ identity: string; group: KeyGroup }> => {
    const { identity, enc } = await forAge(part);
    return { identity, group: { age: [enc], pgp: [], services: [] } };
  };

  it('makes the data key of the parts that enough key groups open', async () => {
    const all = await Promise.all(parts.map(groupFor));
    const metadata = { groups: all.map(({ group }) => group), threshold: 2 };
    const [, second, third] = all.map(({ identity }) => identity);
    const found = await sops.unlock(metadata, { age: [second!, third!], pgp: [] });
    expect(Buffer.from(found)).to.deep.equal(dataKey);
    const failure = await sops.unlock(metadata, { age: [third!], pgp: [] }).catch(String);
    expect(failure).to.match(/2 of 3 key groups must open; no key opens those that are encrypted for age/);
  });

  it('reads key groups and the threshold; without one all must open', () => {
    const group = (enc: string) => ({ age: [{ enc }], kms: [{ arn: 'a', enc: 'k', created_at: 'now' }] });
    const tree = (more: object) => ({
      sops: { mac: 'ENC[m]', key_groups: [group('one'), group('two'), group('three')], ...more },
    });
    const { groups = [], threshold } = sopsMetadata(tree({ shamir_threshold: 2 })) ?? {};
    expect(threshold).to.equal(2);
    expect(groups.map(({ age }) => age)).to.deep.equal([['one'], ['two'], ['three']]);
    expect(groups[0]?.services).to.deep.equal([{ service: 'kms', key: { arn: 'a' }, sealed: 'k' }]);
    expect(sopsMetadata(tree({}))?.threshold).to.equal(3);
  });

  it('reads keys of services where there are only pairs, with what they are asked with', () => {
    const env =
      'A=1\nsops_mac=ENC[m]\nsops_kms__list_0__map_arn=arn:a\nsops_kms__list_0__map_enc=k\n' +
      'sops_kms__list_0__map_context__map_app=shop\nsops_shamir_threshold=0\n';
    const { groups = [] } = sopsMetadata(readTree(env, 'dotenv')) ?? {};
    const key = { arn: 'arn:a', context: { app: 'shop' } };
    expect(groups[0]?.services).to.deep.equal([{ service: 'kms', key, sealed: 'k' }]);
  });

  it('refuses a value that was moved to another place', () => {
    const tree = { a: seal('x', 'b:'), sops: {} };
    const open = () => decryptTree(tree, (value, path) => sops.open(dataKey, value, path));
    expect(open).to.throw(/the value at a does not open/);
  });

  const formats: readonly (readonly [SopsFormat, string, string])[] = [
    [
      'yaml',
      `a: ${seal('x', 'a:')}\nb:\n  - c: ${seal('2', 'b:c:', 'int')}\nd: ${seal('True', 'd:', 'bool')}\nplain: 1\nsops:\n  mac: ENC[m]\n  age: [{enc: e}]\n`,
      'a: x\nb:\n  - c: 2\nd: true\nplain: 1\n',
    ],
    [
      'json',
      JSON.stringify({ a: { b: seal('x', 'a:b:') }, sops: { mac: 'ENC[m]', age: [{ enc: 'e' }] } }),
      '{\n  "a": {\n    "b": "x"\n  }\n}',
    ],
    [
      'binary',
      JSON.stringify({ data: seal('raw\n', 'data:'), sops: { mac: 'ENC[m]', age: [{ enc: 'e' }] } }),
      'raw\n',
    ],
    [
      'dotenv',
      `A=${seal('1=2', 'A:')}\nB=plain\nsops_age__list_0__map_enc=e\nsops_mac=ENC[m]\n`,
      'A=1=2\nB=plain\n',
    ],
    [
      'ini',
      `[s]\nk = ${seal('v', 's:k:')}\n\n[sops]\nage__list_0__map_enc = e\nmac = ENC[m]\n`,
      '[s]\nk=v\n',
    ],
  ];
  for (const [format, text, plain] of formats) {
    it(`opens ${format}`, () => {
      const tree = readTree(text, format);
      expect(sopsMetadata(tree)?.groups[0]?.age).to.deep.equal(['e']);
      const opened = decryptTree(tree, (value, path) => sops.open(dataKey, value, path));
      expect(printTree(opened, format)).to.equal(plain);
    });
  }
});
