/**
 * Prints every function with every argument, every operator between all pairs of values, every method, layout and number
 * text, as lines for `sluice expr --jsonl`: what random expressions reach rarely.
 */
const functions =
  'len type abs ceil floor round int float string trim trimPrefix trimSuffix upper lower split splitAfter replace repeat join indexOf lastIndexOf hasPrefix hasSuffix max min mean median toJSON fromJSON toBase64 fromBase64 duration date timezone first last get take keys toPairs fromPairs reverse uniq concat flatten sort bitand bitor bitxor bitnand bitshl bitshr bitushr bitnot'.split(
    ' ',
  );
const withPredicate = 'all any none one filter map find findIndex count sum groupBy sortBy reduce'.split(' ');
const values = [
  '1',
  '-2',
  '2.5',
  '0.0',
  '"a"',
  '"1e3"',
  '" 12"',
  '"-7"',
  '""',
  'true',
  'nil',
  '[1, 2.0, "x"]',
  '[3, 1]',
  '{"a": 1}',
  'b"az"',
  '1..3',
  'x',
  'm',
  'l',
  'd',
  't',
  'duration("90m")',
  'date("2024-02-29")',
  '"YWI="',
  '"{\\"a\\": [1, null]}"',
  '"Europe/Zurich"',
  '"1h30m"',
  '"2024-02-30"',
  '[]',
  '[["a", 1]]',
  'm.n',
  'm.zz',
  'n',
];
const operators =
  '+ - * / % ** == != < >= in not_in matches contains startsWith endsWith and or ?? .. not_contains'.split(
    ' ',
  );
const predicates = [
  '# > 1',
  'true',
  '#',
  '.a',
  'nil',
  '#index',
  '"a"',
  'type(#)',
  '{ let q = #; q }',
  '#?.a',
];
const methods =
  'Year() Month() Day() Hour() Nanosecond() Weekday() YearDay() Unix() UnixMilli() Format("02/01/06_03:04_PM_Z07:00_MST") Add(d) Sub(t) AddDate(0,1,-1) Before(t) Equal(t) In(timezone("America/New_York")) Truncate(d) Round(d) IsZero() String() Seconds() Minutes() Milliseconds() Abs() Foo()'.split(
    ' ',
  );
const layouts = [
  '2006-01-02',
  '02.01.2006 15:04',
  'Jan 2, 2006 at 3:04pm (MST)',
  '15:04',
  '06/1/2',
  '2006-002',
];
const dates = [
  '2024-01-31',
  '31.12.2023 23:59',
  'Feb 3, 2013 at 7:54pm (PST)',
  '07:05',
  '2024-060',
  '2023-02-29',
  '',
];
const numbers = [
  '1',
  '+1',
  '0x10',
  '010',
  ' 1',
  '1.0',
  '1e2',
  'inf',
  'NaN',
  '.5',
  '1e400',
  '9223372036854775808',
];
const env = {
  x: 1.5,
  n: null,
  m: { n: 2, s: 'q', l: [1, 2] },
  l: [3, 1, null, 'b'],
  d: { $duration: '1h' },
  t: { $time: '2024-02-29T13:04:05Z' },
};

function* sources(): Generator<string> {
  for (const name of functions) {
    yield `${name}()`;
    for (const value of values) {
      yield `${value} | ${name}()`;
      for (const second of [...values, '"desc"', '", "']) yield `${name}(${value}, ${second})`;
    }
    for (const third of ['"x"', '1', '-1', '0', '"Europe/Zurich"', '2.5'])
      yield `${name}("a b a", "a", ${third})`;
  }
  for (const name of withPredicate)
    for (const value of values) for (const predicate of predicates) yield `${name}(${value}, ${predicate})`;
  for (const operator of operators)
    for (const left of values)
      for (const right of values) yield `(${left}) ${operator.replace('_', ' ')} (${right})`;
  for (const value of ['t', 'd', 'm.n', 'x', 't.Month()', 't.Weekday()', 'timezone("Asia/Tokyo")'])
    for (const method of methods) yield `(${value}).${method}`;
  for (const layout of layouts)
    for (const date of dates) yield `date("${date}", "${layout}", "Europe/Zurich")`;
  for (const number of numbers) yield `[int("${number}"), float("${number}")]`;
}

for (const expr of sources()) console.log(JSON.stringify({ expr, env }));
