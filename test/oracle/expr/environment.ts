import { pick, type Random } from './random.js';

const texts = [
  '',
  'héllo',
  'a',
  'b c',
  'a,b,c',
  '10',
  '1.5',
  ' x ',
  '🙂x',
  'line\nbreak',
  'n',
  '2024-01-31',
  '1h',
];
const floats: readonly unknown[] = [
  0,
  1,
  2.5,
  -1.5,
  1e300,
  3,
  { $float: 'NaN' },
  { $float: '+Inf' },
  { $float: '-Inf' },
];
const ints = ['0', '1', '7', '-3', '9223372036854775807', '-9223372036854775808', '100'];
const spans = ['1h30m', '-1.5s', '250ms', '0s', '1ns'];
const times = [
  '2024-02-29T13:04:05.678Z',
  '2023-12-31T23:59:59Z',
  '0001-01-01T00:00:00Z',
  '1969-07-20T20:17:40.5+02:00',
];

/** Values of the names that expressions are made over, in the encoding of `sluice expr --jsonl`. */
export function makeEnvironment(random: Random): Readonly<Record<string, unknown>> {
  return {
    n: pick(floats, random),
    i: { $int: pick(ints, random) },
    s: pick(texts, random),
    none: null,
    floats: someOf(random, 4, () => pick(floats, random)),
    list: random() < 0.5 ? [1, 'a', null] : someOf(random, 5, () => makeAny(random, 1)),
    obj: {
      a: 1,
      b: { c: pick(texts, random) },
      list: random() < 0.5 ? [{ v: 1 }, { v: 3 }] : someOf(random, 4, () => ({ v: makeAny(random, 0) })),
      t: random() < 0.5,
      empty: [],
      s: pick(texts, random),
      nothing: null,
      deep: makeAny(random, 3),
    },
    at: { $time: pick(times, random) },
    span: { $duration: pick(spans, random) },
  };
}

const measured: Readonly<Record<string, (random: Random) => unknown>> = {
  json: (random) => makeAny(random, 3),
  floats: (random) => someOf(random, 4, () => pick(floats, random)),
  float: (random) => pick(floats, random),
  int: (random) => pick([0, 1, 7, -3, 4_000_000_000], random),
  nilfloat: () => null,
};

/** What a metric source measured: a result and its type. */
export function makeResult(random: Random): { readonly result: unknown; readonly rt: string } {
  const rt = pick(Object.keys(measured), random);
  return { result: measured[rt]?.(random), rt };
}

function makeAny(random: Random, depth: number): unknown {
  const choice = random();
  if (depth > 0 && choice < 0.25) return someOf(random, 3, () => makeAny(random, depth - 1));
  if (depth > 0 && choice < 0.6) {
    const names = ['a', 'b', 'v', 'c d'].filter(() => random() < 0.6);
    return Object.fromEntries(names.map((name) => [name, makeAny(random, depth - 1)]));
  }
  if (choice < 0.65) return null;
  if (choice < 0.75) return random() < 0.5;
  return choice < 0.88 ? pick(floats, random) : pick(texts, random);
}

function someOf<T>(random: Random, most: number, make: () => T): readonly T[] {
  return Array.from({ length: Math.floor(random() * (most + 1)) }, make);
}
