import { createCipheriv, randomBytes } from 'node:crypto';
import { Encrypter, armor, generateIdentity, identityToRecipient } from 'age-encryption';
import { expect } from 'chai';
import * as openpgp from 'openpgp';
import { printTree, readTree, type SopsFormat } from '#core/gitops/sops/formats.js';
import { sopsMetadata } from '#core/gitops/sops/metadata.js';
import { decryptTree } from '#core/gitops/sops/tree.js';
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

async function forAge(): Promise<{ readonly identity: string; readonly enc: string }> {
  const identity = await generateIdentity();
  const encrypter = new Encrypter();
  encrypter.addRecipient(await identityToRecipient(identity));
  return { identity, enc: armor.encode(await encrypter.encrypt(dataKey)) };
}

describe('SOPS in this process', () => {
  it('opens the data key with the identity of age that it is for, among others', async () => {
    const { identity, enc } = await forAge();
    const other = await generateIdentity();
    const metadata = { age: [(await forAge()).enc, enc], pgp: [], services: [] };
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
    const found = await sops.unlock({ age: [], pgp: [enc], services: [] }, { age: [], pgp: [privateKey] });
    expect(Buffer.from(found)).to.deep.equal(dataKey);
  });

  it('names what it is encrypted for when no key opens it', async () => {
    const metadata = { age: [(await forAge()).enc], pgp: [], services: ['kms'] };
    const failure = await sops.unlock(metadata, { age: [await generateIdentity()], pgp: [] }).catch(String);
    expect(failure).to.match(
      /no key opens it; it is encrypted for age \(1 identities in the Secret\), kms, which is not served/,
    );
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
      expect(sopsMetadata(tree)?.age).to.deep.equal(['e']);
      const opened = decryptTree(tree, (value, path) => sops.open(dataKey, value, path));
      expect(printTree(opened, format)).to.equal(plain);
    });
  }
});
