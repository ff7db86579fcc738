/** One field of a protobuf message as it stands on the wire. */
export type WireField =
  | { readonly number: number; readonly kind: 'varint' | 'fixed'; readonly value: bigint }
  | { readonly number: number; readonly kind: 'bytes'; readonly value: Buffer };

/** The fields of a message in order. Throws a RangeError for bytes that are no message. */
export function readFields(bytes: Buffer): readonly WireField[] {
  const fields: WireField[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes.readUInt8(at);
      at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number): Buffer => {
    if (at + length > bytes.length) throw new RangeError('a field is longer than its message');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const number = tag >> 3;
    switch (tag & 7) {
      case 0:
        fields.push({ number, kind: 'varint', value: varint() });
        break;
      case 1:
        fields.push({ number, kind: 'fixed', value: take(8).readBigUInt64LE() });
        break;
      case 2:
        fields.push({ number, kind: 'bytes', value: take(Number(varint())) });
        break;
      case 5:
        fields.push({ number, kind: 'fixed', value: BigInt(take(4).readUInt32LE()) });
        break;
      default:
        throw new RangeError(`wire type ${tag & 7} is not known`);
    }
  }
  return fields;
}
