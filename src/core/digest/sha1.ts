import { blocksOf } from './blocks.js';

const initialState: Sha1State = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];

type Sha1State = readonly [number, number, number, number, number];

/** SHA-1 of a text in UTF-8, as 20 bytes. For names that peers have given, not for safety. */
export function sha1(text: string): Uint8Array {
  const state = blocksOf(new TextEncoder().encode(text)).reduce(compress, initialState);
  const digest = new DataView(new ArrayBuffer(20));
  for (const [i, word] of state.entries()) digest.setUint32(i * 4, word);
  return new Uint8Array(digest.buffer);
}

function rotate(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}

function compress(state: Sha1State, block: DataView): Sha1State {
  const words = new Int32Array(80);
  const word = (i: number) => words[i] ?? 0;
  let [a, b, c, d, e] = state;
  for (let i = 0; i < 80; i += 1) {
    words[i] =
      i < 16 ? block.getInt32(i * 4) : rotate(word(i - 3) ^ word(i - 8) ^ word(i - 14) ^ word(i - 16), 1);
    const next = (rotate(a, 5) + mixed(i, b, c, d) + e + word(i)) | 0;
    [e, d, c, b, a] = [d, c, rotate(b, 30), a, next];
  }
  const add = (left: number, right: number) => (left + right) >>> 0;
  return [add(state[0], a), add(state[1], b), add(state[2], c), add(state[3], d), add(state[4], e)];
}

function mixed(round: number, b: number, c: number, d: number): number {
  if (round < 20) return ((b & c) | (~b & d)) + 0x5a827999;
  if (round < 40) return (b ^ c ^ d) + 0x6ed9eba1;
  if (round < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
  return (b ^ c ^ d) + 0xca62c1d6;
}
