import { createDecipheriv } from 'node:crypto';
import type { SopsMetadata } from '#core/gitops/sops/metadata.js';
import { AppError } from '#ports/errors.js';
import type { DecryptionKeys, Sops } from '#ports/sops.js';

/** SOPS in this process: age and OpenPGP keys. The libraries are loaded when they are first needed. */
export function createSops(): Sops {
  return {
    async unlock(metadata, keys) {
      const key = (await unlockAge(metadata, keys)) ?? (await unlockPgp(metadata, keys));
      if (key !== undefined) return key;
      throw new AppError('BuildFailed', `cannot get sops data key: ${whyNot(metadata, keys)}`);
    },
    open(dataKey, { data, iv, tag }, path) {
      try {
        const decipher = createDecipheriv('aes-256-gcm', dataKey, Buffer.from(iv, 'base64'));
        decipher.setAAD(Buffer.from(path));
        decipher.setAuthTag(Buffer.from(tag, 'base64'));
        return Buffer.concat([decipher.update(Buffer.from(data, 'base64')), decipher.final()]).toString(
          'utf8',
        );
      } catch (thrown) {
        throw new AppError(
          'BuildFailed',
          `the value at ${path.slice(0, -1)} does not open with the data key`,
          {
            cause: thrown,
          },
        );
      }
    },
  };
}

async function unlockAge(
  { age: files }: SopsMetadata,
  { age: identities }: DecryptionKeys,
): Promise<Uint8Array | undefined> {
  if (files.length === 0 || identities.length === 0) return undefined;
  const age = await import('age-encryption');
  const decrypter = new age.Decrypter();
  for (const identity of identities) {
    try {
      decrypter.addIdentity(identity);
    } catch (thrown) {
      throw new AppError('BuildFailed', 'an age identity does not parse', { cause: thrown });
    }
  }
  for (const file of files) {
    try {
      return await decrypter.decrypt(age.armor.decode(file.trim()), 'uint8array');
    } catch {
      // It is for somebody else; another may be for us.
    }
  }
  return undefined;
}

async function unlockPgp(
  { pgp: messages }: SopsMetadata,
  { pgp: keys }: DecryptionKeys,
): Promise<Uint8Array | undefined> {
  if (messages.length === 0 || keys.length === 0) return undefined;
  const openpgp = await import('openpgp');
  const decryptionKeys = (
    await Promise.all(keys.map((armoredKeys) => openpgp.readPrivateKeys({ armoredKeys }).catch(() => [])))
  ).flat();
  for (const armoredMessage of messages) {
    try {
      const message = await openpgp.readMessage({ armoredMessage });
      const { data } = await openpgp.decrypt({ message, decryptionKeys, format: 'binary' });
      return data;
    } catch {
      // It is for somebody else; another may be for us.
    }
  }
  return undefined;
}

function whyNot({ age, pgp, services }: SopsMetadata, keys: DecryptionKeys): string {
  const asked = [
    ...(age.length > 0 ? [`age (${keys.age.length} identities in the Secret)`] : []),
    ...(pgp.length > 0 ? [`pgp (${keys.pgp.length} keys in the Secret)`] : []),
    ...services.map((name) => `${name}, which is not served`),
  ];
  return `no key opens it; it is encrypted for ${asked.join(', ') || 'nobody'}`;
}
