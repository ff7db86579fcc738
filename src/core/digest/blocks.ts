/** The 64-byte blocks of a message that SHA-1 and SHA-256 compress: a one bit, zeros, and the length in bits at the end. */
export function blocksOf(message: Uint8Array): readonly DataView[] {
  const padded = new Uint8Array((((message.length + 8) >> 6) + 1) << 6);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(message.length / 2 ** 29));
  view.setUint32(padded.length - 4, (message.length << 3) >>> 0);
  return Array.from({ length: padded.length / 64 }, (_, i) => new DataView(padded.buffer, i * 64, 64));
}
