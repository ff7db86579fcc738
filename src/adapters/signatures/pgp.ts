import type { Key } from 'openpgp';
import type { SignatureVerdict, SignedBytes } from '#ports/signatures.js';

const unknown = 'unable to verify payload with any of the given key rings';

/** Checks a detached PGP signature against armored rings of public keys. */
export async function verifyPgp(
  { payload, signature }: SignedBytes,
  rings: readonly string[],
): Promise<SignatureVerdict> {
  const openpgp = await import('openpgp');
  const keys: Key[] = [];
  for (const armoredKeys of rings) {
    try {
      keys.push(...(await openpgp.readKeys({ armoredKeys })));
    } catch (thrown) {
      return { ok: false, why: `unable to read armored key ring: ${reasonOf(thrown)}` };
    }
  }
  if (keys.length === 0) return { ok: false, why: unknown };
  try {
    const message = await openpgp.createMessage({ binary: payload });
    const armored = await openpgp.readSignature({ armoredSignature: signature });
    const { signatures } = await openpgp.verify({ message, signature: armored, verificationKeys: keys });
    for (const { keyID, verified } of signatures) {
      if (await isGood(verified)) return { ok: true, key: ownerOf(keys, keyID.toHex()) };
    }
  } catch {
    // Whatever the library finds wrong with the signature, nobody is shown to have made it.
  }
  return { ok: false, why: unknown };
}

function ownerOf(keys: readonly Key[], id: string): string {
  const owner = keys.find((key) => key.getKeyIDs().some((each) => each.toHex() === id));
  return (owner?.getKeyID().toHex() ?? id).toUpperCase();
}

async function isGood(verified: Promise<true>): Promise<boolean> {
  try {
    return await verified;
  } catch {
    // Not made by this key, or the key is expired, revoked or too weak.
    return false;
  }
}

function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
