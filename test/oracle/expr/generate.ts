/**
 * Prints random expressions, one a line: `generate.ts COUNT SEED`. They are made of the whole language over the names of
 * the oracle's environment, mostly well typed, so that many get past the checker.
 */
type Random = () => number;

/** A small generator of numbers in [0, 1) that gives the same ones for the same seed. */
function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

type Kind = 'int' | 'float' | 'string' | 'bool' | 'list' | 'map' | 'any' | 'time' | 'duration';

const leaves: Readonly<Record<Kind, readonly string[]>> = {
  int: ['0', '1', '2', '-3', '7', 'i', '0x1f', '1_000', '9223372036854775807', 'len(s)', '#index'],
  float: ['0.0', '2.5', 'n', '-1.5', '1e3', '.5', 'floats[0]', 'obj.a', '1e300', '3.0'],
  string: ['"a"', '"héllo"', "'b c'", 's', 'obj.s', '""', '`r"w`', '"a,b,c"', 'obj.b.c', '"10"', '"1.5"', '"🙂x"'],
  bool: ['true', 'false', 'obj.t', 'i > 3', 's == "a"'],
  list: ['[]', '[1, 2, 3]', 'floats', 'list', 'obj.list', 'obj.empty', '1..4', '["b", "a"]', '[1, 2.0]', '[3, 1, 2]', '[[1], [2, 3]]', 'b"az"', '[true, false]'],
  map: ['{}', 'obj', '{"a": 1, b: 2.0}', 'obj.b', '$env', '{"k": [1]}'],
  any: ['nil', 'none', 'obj.nothing', 'obj.missing', 'list[0]', 'list[1]', 'list[-1]', 'obj["a"]', 'obj.list[0].v', 'obj?.b?.zz', '#', '.v', '#acc'],
  time: ['at', 'date("2024-01-31")', 'date("2023-12-31 23:59:59")', 'at.In(timezone("Europe/Zurich"))', 'date("2024-06-01T10:00:00+02:00")'],
  duration: ['span', 'duration("1h")', 'duration("-1.5s")', 'duration("250ms")'],
};

const forms: Readonly<Record<Kind, readonly string[]>> = {
  int: ['I + I', 'I - I', 'I * I', 'I % I', '-I', 'len(L)', 'len(S)', 'count(L, B)', 'int(F)', 'int(S)', 'indexOf(S, S)', 'lastIndexOf(S, S)', 'bitand(I, I)', 'bitshl(I, I)', 'bitushr(I, I)', 'bitnot(I)', 'bitxor(I, I)', 'abs(I)', 'sum(1..I)', 'T.Year()', 'T.Unix()', 'T.YearDay()', 'T.Hour()', 'D.Milliseconds()', 'B ? I : I', 'A ?? I', 'let v = I; v + I', 'I; I', '(I)', 'max(I, I)', 'find(1..5, # > I)', 'len(M)', 'reduce(1..4, #acc + #)', 'reduce(L, #acc + #, I)', 'if B { I } else { I }', 'findIndex(L, B)', 'findLastIndex(L, # == X)', 'I | abs()', 'len(b"x\\xff")'],
  float: ['F + F', 'F - I', 'I / I', 'F * F', 'F ** I', 'I ^ I', 'mean(L)', 'median(L)', 'float(S)', 'float(I)', 'ceil(F)', 'floor(F)', 'round(F)', 'abs(F)', 'D.Hours()', 'D.Seconds()', 'max(F, I)', 'min(L)', 'sum(floats)', '-F', 'sum(L, #)', 'sum(map(L, 1.5))', 'D * F'],
  string: ['S + S', 'S[I:I]', 'S[I:]', 'S[:I]', 'upper(S)', 'lower(S)', 'trim(S)', 'trim(S, S)', 'trimPrefix(S, S)', 'trimSuffix(S, S)', 'replace(S, S, S)', 'replace(S, S, S, I)', 'repeat(S, 2)', 'join(split(S, S), S)', 'string(X)', 'type(X)', 'toJSON(X)', 'toBase64(S)', 'fromBase64(toBase64(S))', 'T.Format("2006-01-02 15:04:05.000 -0700 Mon Jan")', 'D.String()', 'string(T)', 'string(D)', 'B ? S : S', 'A ?? S', 'join(L)', 'S | upper() | trim()', 'string(F)', 'T.Weekday().String()', 'string(M)', 'string(L)'],
  bool: ['not B', 'B and B', 'B or B', 'B && B', 'B || B', 'N < N', 'N >= N', 'N <= N < N', 'N == N', 'S == S', 'S < S', 'X == X', 'X != X', 'X in L', 'S in M', 'S not in M', 'I in 1..5', 'S contains S', 'S startsWith S', 'S endsWith S', 'S not contains S', 'S matches "^[a-c]+"', 'S matches S', 'all(L, B)', 'any(L, # == X)', 'none(L, B)', 'one(L, # == X)', 'T < T', 'D > D', 'T == T', 'T.Before(T)', 'hasPrefix(S, S)', 'hasSuffix(S, S)', 'L == L', 'M == M', 'A == nil', '!B', 'B ?: B', 'A > N', 'A contains S', 'A in L', 'X in A', 'A and B', 'B or A', 'T.Equal(T)', 'all(L, any(L, # == X))', '"a" in ["a", "b"]', 'A in ["a", "b"]', 'A in [1, 2]', 'I in [1, 2]', 'F in [1, 2.5]'],
  list: ['filter(L, B)', 'map(L, X)', 'map(L, #)', 'map(L, # * 2)', 'map(1..3, #index)', 'filter(floats, # > N)', 'sort(L)', 'sort(L, "desc")', 'sortBy(L, #)', 'sortBy(L, -#)', 'reverse(L)', 'uniq(L)', 'concat(L, L)', 'flatten(L)', 'take(L, I)', 'L[I:I]', 'L[:I]', 'split(S, S)', 'split(S, S, I)', 'splitAfter(S, S)', '[X, X]', '[I, F]', 'I..3', 'map(toPairs(M), #[0]) | sort()', 'keys(M) | sort()', 'B ? L : L', 'L | filter(B) | map(#)', 'let w = L; concat(w, w)', 'map(L, {let z = #; [z, #index]})', 'map(L, .v)', 'L?.[0:1]', 'sortBy(L, #, "desc")'],
  map: ['{"a": X, "b": X}', '{(S): X}', 'groupBy(L, #)', 'groupBy(L, type(#))', 'fromPairs([[S, X]])', 'fromPairs([[X, X]])', 'fromPairs(toPairs(M))', 'fromJSON(toJSON(M))', 'reduce(L, {"n": #, "acc": #acc}, nil)'],
  any: ['first(L)', 'last(L)', 'get(L, I)', 'get(M, S)', 'L[I]', 'M[S]', 'M.a', 'M?.a', 'M?.a?.b', 'M.a?.b.c', 'find(L, B)', 'findLast(L, # == X)', 'X ?? X', 'B ? X : X', 'max(L)', 'min(L)', 'A ?? A', 'fromJSON(S)', 'groupBy(L, #)[X]', 'A + A', 'A + I', 'A * F', 'A - A', 'A / I', 'A % I', 'A[I]', 'A.v', '-A', 'sum(L)', 'reduce(L, #acc)', 'A[I:]', 'fromPairs([[I, X]])[I]', 'let q = X; q', 'A ?? I > 1', 'abs(A)', 'int(A)', 'float(A)', 'len(A)', 'upper(A)', 'round(A)', 'A..3', 'sort(A)', 'first(A)', 'map(A, #)', 'filter(A, # > 1)', 'max(A, N)', 'get(A, A)', 'A ** N', 'X | type()', 'int(X)', 'sum(L, X)'],
  time: ['T + D', 'T - D', 'T.Add(D)', 'T.AddDate(I, I, I)', 'T.Truncate(D)', 'T.Round(D)', 'T.UTC()', 'date(T.Format("2006-01-02"), "2006-01-02", "America/New_York")', 'D + T', 'B ? T : T'],
  duration: ['D + D', 'D - D', 'T - T', 'T.Sub(T)', 'D * I', 'I * D', 'D.Round(D)', 'D.Truncate(D)', 'D.Abs()', 'duration(S)'],
};

const letters: Readonly<Record<string, readonly Kind[]>> = {
  I: ['int', 'int', 'int', 'int', 'any'],
  F: ['float', 'float', 'float', 'int'],
  N: ['int', 'float'],
  S: ['string', 'string', 'string', 'string', 'string', 'any'],
  B: ['bool', 'bool', 'bool', 'bool', 'any'],
  L: ['list', 'list', 'list', 'list', 'list', 'any'],
  M: ['map', 'map', 'map', 'any'],
  A: ['any'],
  T: ['time', 'time', 'time', 'time', 'time', 'time', 'any'],
  D: ['duration', 'duration', 'duration', 'duration', 'duration', 'int'],
  X: ['int', 'float', 'string', 'bool', 'list', 'map', 'any', 'any', 'duration', 'time'],
};

const kinds = Object.keys(leaves) as Kind[];

function pick<T>(from: readonly T[], random: Random): T {
  const value = from[Math.floor(random() * from.length)];
  if (value === undefined) throw new Error('nothing to pick from');
  return value;
}

function make(kind: Kind, depth: number, random: Random): string {
  // Now and then something of another kind, to see what the checker says.
  const wanted = random() < 0.02 ? pick(kinds, random) : kind;
  if (depth === 0 || random() < 0.15) return pick(leaves[wanted], random);
  const form = pick(forms[wanted], random);
  // A letter that stands alone is a hole; those inside words, texts and layouts are not.
  return form.replace(/(?<![\w"'.\\])[A-Z](?![\w"'])/g, (letter) => {
    const inner = make(pick(letters[letter] ?? ['any'], random), depth - 1, random);
    return /^[\w".[\]()]*$/.test(inner) ? inner : `(${inner})`;
  });
}

const [count = '1000', seed = '1'] = process.argv.slice(2);
const random = createRandom(Number(seed));
for (let i = 0; i < Number(count); i += 1) {
  console.log(make(pick(kinds, random), 1 + Math.floor(random() * 3), random).replaceAll('\n', ' '));
}
