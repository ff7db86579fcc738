import { createHash, verify, type KeyObject } from 'node:crypto';
import type { SignatureVerdict, SignedBytes } from '#ports/signatures.js';
import { readPublicKey, SshReader } from './ssh-wire.js';

const unknown = 'unable to verify payload with any of the given authorized keys';
const magic = 'SSHSIG';

/** Checks an SSH signature (PROTOCOL.sshsig of OpenSSH) against lines as in authorized_keys. */
export function verifySsh(
  { payload, signature }: SignedBytes,
  authorized: readonly string[],
): SignatureVerdict {
  const blob = readArmor(signature);
  const signed = blob === undefined ? undefined : readSignature(blob);
  if (signed === undefined) return { ok: false, why: 'unable to parse the SSH signature' };
  if (signed.namespace !== 'git') {
    return { ok: false, why: `the SSH signature is for "${signed.namespace}" and not for "git"` };
  }
  const isKnown = authorized
    .flatMap((text) => text.split('\n'))
    .some((line) => keyOfLine(line)?.equals(signed.publicKey) === true);
  if (!isKnown || !isMadeBy(signed, payload)) return { ok: false, why: unknown };
  const fingerprint = createHash('sha256').update(signed.publicKey).digest('base64').replace(/=+$/, '');
  return { ok: true, key: `SHA256:${fingerprint}` };
}

interface SshSignature {
  readonly publicKey: Buffer;
  readonly namespace: string;
  readonly reserved: Buffer;
  readonly hash: string;
  /** The name of the algorithm, then what it made. */
  readonly algorithm: string;
  readonly value: Buffer;
}

function readArmor(text: string): Buffer | undefined {
  const body = /-----BEGIN SSH SIGNATURE-----([A-Za-z0-9+/=\s]+)-----END SSH SIGNATURE-----/.exec(text)?.[1];
  return body === undefined ? undefined : Buffer.from(body.replaceAll(/\s/g, ''), 'base64');
}

function readSignature(blob: Buffer): SshSignature | undefined {
  if (blob.subarray(0, magic.length).toString() !== magic) return undefined;
  try {
    const reader = new SshReader(blob.subarray(magic.length));
    if (reader.number() !== 1) return undefined;
    const publicKey = reader.bytes();
    const namespace = reader.bytes().toString();
    const reserved = reader.bytes();
    const hash = reader.bytes().toString();
    const inner = new SshReader(reader.bytes());
    return {
      publicKey,
      namespace,
      reserved,
      hash,
      algorithm: inner.bytes().toString(),
      value: inner.bytes(),
    };
  } catch (thrown) {
    // It ends in the middle of a field.
    if (thrown instanceof RangeError) return undefined;
    throw thrown;
  }
}

/** The key of a line of authorized_keys, which may begin with options; `undefined` for a comment or an empty line. */
function keyOfLine(line: string): Buffer | undefined {
  if (/^\s*(#|$)/.test(line)) return undefined;
  const match = /(?:^|\s)((?:ssh|ecdsa|sk)-[\w@.-]+)\s+([A-Za-z0-9+/]+=*)/.exec(line);
  return match === null ? undefined : Buffer.from(match[2] ?? '', 'base64');
}

const hashes = ['sha256', 'sha512'];

function isMadeBy(signed: SshSignature, payload: Uint8Array): boolean {
  if (!hashes.includes(signed.hash)) return false;
  const key = readPublicKey(signed.publicKey);
  if (key === undefined) return false;
  const digest = createHash(signed.hash).update(payload).digest();
  const fields = [Buffer.from(signed.namespace), signed.reserved, Buffer.from(signed.hash), digest];
  const data = Buffer.concat([Buffer.from(magic), ...fields.flatMap((field) => [lengthOf(field), field])]);
  return check(key, signed, data);
}

function check(key: KeyObject, { algorithm, value }: SshSignature, data: Buffer): boolean {
  switch (algorithm) {
    case 'ssh-ed25519':
      return key.asymmetricKeyType === 'ed25519' && verify(null, data, key, value);
    case 'rsa-sha2-256':
    case 'rsa-sha2-512':
      return key.asymmetricKeyType === 'rsa' && verify(`sha${algorithm.slice(9)}`, data, key, value);
    case 'ecdsa-sha2-nistp256':
    case 'ecdsa-sha2-nistp384':
    case 'ecdsa-sha2-nistp521':
      return key.asymmetricKeyType === 'ec' && checkEcdsa(key, algorithm.slice(-3), value, data);
    default:
      return false;
  }
}

/** The two numbers of an ECDSA signature stand apart in SSH; the curve says how long they are and which hash was used. */
function checkEcdsa(key: KeyObject, curve: string, value: Buffer, data: Buffer): boolean {
  const length = Math.ceil(Number(curve) / 8);
  const reader = new SshReader(value);
  const halves = [reader.bytes(), reader.bytes()].map((half) => padTo(half, length));
  const hash = { '256': 'sha256', '384': 'sha384' }[curve] ?? 'sha512';
  return verify(hash, data, { key, dsaEncoding: 'ieee-p1363' }, Buffer.concat(halves));
}

function padTo(number: Buffer, length: number): Buffer {
  const digits = number.subarray(Math.max(0, number.length - length));
  return Buffer.concat([Buffer.alloc(length - digits.length), digits]);
}

function lengthOf(field: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(field.length);
  return length;
}
