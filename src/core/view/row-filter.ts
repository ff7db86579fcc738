import type { Row } from './wire/list.js';

/** A filter that can be applied, or the term that cannot be read and why. */
export type Filter<R> =
  | { readonly ok: true; readonly test: (row: R) => boolean }
  | { readonly ok: false; readonly term: string; readonly why: string };

/** What each key makes of a value: a test, or what is wrong with it. */
export type FilterKeys<R> = Readonly<Record<string, (value: string) => ((row: R) => boolean) | string>>;

type Test = (row: Row) => boolean;

/**
 * The filter of the list: blank is and, a comma inside a value is or, `-` is not, `OR` joins alternatives. Keys: `is`,
 * `needs`, `phase`, `gate`, `ns`, `image`, `strategy`, `owner`, `commit`, `weight`; a bare word is looked for in
 * namespace, name and image. `*` in a value is any text.
 */
export function parseRowFilter(text: string): Filter<Row> {
  return parseFilter(text, keys, (row) => [`${row.namespace}/${row.name}`, row.image]);
}

/** A filter in that grammar over other rows. @param wordsOf - where bare words are looked for. */
export function parseFilter<R>(
  text: string,
  filterKeys: FilterKeys<R>,
  wordsOf: (row: R) => readonly string[],
): Filter<R> {
  const parsed = text
    .trim()
    .split(/\s+OR\s+/)
    .map((part) => parseAll(part, filterKeys, wordsOf));
  return (
    parsed.find((one) => !one.ok) ?? {
      ok: true,
      test: (row) => parsed.some((one) => one.ok && one.test(row)),
    }
  );
}

function parseAll<R>(
  text: string,
  filterKeys: FilterKeys<R>,
  wordsOf: (row: R) => readonly string[],
): Filter<R> {
  const tests: ((row: R) => boolean)[] = [];
  for (const term of text.match(/-?(?:[\w-]+:)?(?:"[^"]*"|[^\s"]+)/g) ?? []) {
    const isNot = term.startsWith('-') && term.length > 1;
    const test = parseTerm(isNot ? term.slice(1) : term, filterKeys, wordsOf);
    if (typeof test === 'string') return { ok: false, term, why: test };
    tests.push(isNot ? (row) => !test(row) : test);
  }
  return { ok: true, test: (row) => tests.every((test) => test(row)) };
}

function parseTerm<R>(
  term: string,
  filterKeys: FilterKeys<R>,
  wordsOf: (row: R) => readonly string[],
): ((row: R) => boolean) | string {
  const colon = term.indexOf(':');
  const key = colon < 0 ? '' : term.slice(0, colon);
  const values = term
    .slice(colon + 1)
    .replaceAll('"', '')
    .split(',')
    .filter((value) => value !== '');
  if (key === '')
    return (row) =>
      values.some((value) => wordsOf(row).some((text) => text.toLowerCase().includes(value.toLowerCase())));
  const test = filterKeys[key];
  if (test === undefined) return `there is no key "${key}"`;
  if (values.length === 0) return 'a value is missing';
  const tests = values.map(test);
  const wrong = tests.find((one) => typeof one === 'string');
  if (wrong !== undefined) return wrong;
  return (row) => tests.some((one) => typeof one !== 'string' && one(row));
}

const classes: Readonly<Record<string, Test>> = {
  failing: (row) => row.attention.class <= 2,
  degraded: (row) => row.attention.class === 1,
  waiting: (row) => row.mark === 'wait',
  running: (row) => row.attention.class >= 4 && row.attention.class <= 6,
  healthy: (row) => row.mark === 'ok',
};

const keys: FilterKeys<Row> = {
  is: (value) => classes[value] ?? `is: one of ${Object.keys(classes).join(', ')}`,
  needs: (value) => (value === 'person' ? (row) => row.attention.class === 3 : 'needs: person'),
  phase: (value) => (row) => row.phase.toLowerCase() === value.toLowerCase(),
  gate: (value) =>
    value === 'failing' ? (row) => row.gates.fail + row.gates.error > 0 : (row) => gateWord(row) === value,
  ns: (value) => globTest(value, (row) => row.namespace),
  image: (value) => globTest(value, (row) => row.image),
  owner: (value) => globTest(value, (row) => row.owner ?? ''),
  commit: (value) => (row) => (row.commit ?? '').startsWith(value),
  strategy: (value) => (row) => row.strategy.toLowerCase() === value.toLowerCase(),
  weight: weightTest,
};

function gateWord(row: Row): string {
  if (row.gates.fail > 0) return 'failing';
  return row.gates.undecided > 0 ? 'undecided' : row.gates.pass > 0 ? 'passing' : 'none';
}

/** Whether a text of a row is a glob's: `*` is any text. */
export function globTest<R>(glob: string, pick: (row: R) => string): (row: R) => boolean {
  const escaped = glob
    .split('*')
    .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('.*');
  const pattern = new RegExp(`^${escaped}$`, 'i');
  return (row) => pattern.test(pick(row));
}

function weightTest(value: string): Test | string {
  const match = /^([<>]?=?)(\d+(?:\.\d+)?)$/.exec(value);
  if (match === null) return 'weight: a number with <, >, <= or >= before it';
  const limit = Number(match[2]);
  return (row) => {
    const weight = row.weight?.wanted ?? 0;
    switch (match[1]) {
      case '<':
        return weight < limit;
      case '<=':
        return weight <= limit;
      case '>':
        return weight > limit;
      case '>=':
        return weight >= limit;
      default:
        return weight === limit;
    }
  };
}

/** The order of the list: the most urgent class first, in it the oldest moment, then by name. */
export function compareRows(a: Row, b: Row): number {
  return (
    a.attention.class - b.attention.class ||
    (a.attention.since ?? Number.MAX_SAFE_INTEGER) - (b.attention.since ?? Number.MAX_SAFE_INTEGER) ||
    `${a.namespace}/${a.name}`.localeCompare(`${b.namespace}/${b.name}`)
  );
}
