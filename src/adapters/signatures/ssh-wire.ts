import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';

/** Reads fields in SSH's encoding. Throws RangeError when there are not enough bytes. */
export class SshReader {
  readonly #buffer: Buffer;
  #at = 0;

  constructor(buffer: Buffer) {
    this.#buffer = buffer;
  }

  number(): number {
    const value = this.#buffer.readUInt32BE(this.#at);
    this.#at += 4;
    return value;
  }

  /** A field that begins with its length. */
  bytes(): Buffer {
    const length = this.number();
    const end = this.#at + length;
    if (end > this.#buffer.length) throw new RangeError('an SSH field is longer than what holds it');
    const value = this.#buffer.subarray(this.#at, end);
    this.#at = end;
    return value;
  }
}

/** A public key in SSH's encoding; `undefined` for a type that is not known here. */
export function readPublicKey(blob: Buffer): KeyObject | undefined {
  try {
    const reader = new SshReader(blob);
    const jwk = jwkOf(reader.bytes().toString(), reader);
    return jwk === undefined ? undefined : createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    // Cut short, or a point that is not on its curve.
    return undefined;
  }
}

function jwkOf(type: string, reader: SshReader): JsonWebKey | undefined {
  if (type === 'ssh-ed25519') return { kty: 'OKP', crv: 'Ed25519', x: reader.bytes().toString('base64url') };
  if (type === 'ssh-rsa') {
    const [e, n] = [reader.bytes(), reader.bytes()].map(withoutSign);
    return { kty: 'RSA', e: e?.toString('base64url') ?? '', n: n?.toString('base64url') ?? '' };
  }
  const curve = /^ecdsa-sha2-nistp(256|384|521)$/.exec(type)?.[1];
  if (curve === undefined) return undefined;
  reader.bytes();
  // An uncompressed point: 4, then both coordinates.
  const point = reader.bytes();
  const length = (point.length - 1) / 2;
  return {
    kty: 'EC',
    crv: `P-${curve}`,
    x: point.subarray(1, 1 + length).toString('base64url'),
    y: point.subarray(1 + length).toString('base64url'),
  };
}

function withoutSign(number: Buffer): Buffer {
  return number[0] === 0 ? number.subarray(1) : number;
}
