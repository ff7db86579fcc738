import { isObject, type JsonObject } from '#core/json/json.js';
import { parseGoDuration } from '#core/time/duration.js';
import { parseSeries, type DataProblem, type Parsed, type SeriesTable } from './series.js';

const verdicts = ['Successful', 'Failed', 'Error', 'Inconclusive', 'Running'] as const;
export type Verdict = (typeof verdicts)[number];

/** The verdict of this name. */
export function verdictOf(text: unknown): Verdict | undefined {
  return verdicts.find((word) => word === text);
}

/** Data for one run of a gate, and what is expected of it. */
export interface Scenario {
  /** Absent in a file that is nothing but series. */
  readonly name?: string;
  readonly args: Readonly<Record<string, string>>;
  readonly series: SeriesTable;
  /** The verdict that the gate is to give; absent: any will do. */
  readonly expect?: Verdict;
  /** The verdict is to be given at most this long after the start. */
  readonly withinMs?: number;
}

const fields = ['name', 'args', 'metrics', 'expect', 'within'];

/** Reads a data file: metric names with their series, or `scenarios:` with a name, args, metrics and expectations each. */
export function parseScenarios(given: unknown): Parsed<readonly Scenario[]> {
  const list = isObject(given) ? given['scenarios'] : undefined;
  const isList = Array.isArray(list) && list.length > 0 && list.every(isScenarioShape);
  if (!isList) {
    const series = parseSeries(given);
    return series.ok ? { ok: true, value: [{ args: {}, series: series.value }] } : series;
  }
  const other = Object.keys(isObject(given) ? given : {}).find((key) => key !== 'scenarios');
  if (other !== undefined) return no({ path: other, message: 'cannot stand beside `scenarios`' });
  const read = list.map((one, i) => readScenario(one, `scenarios[${i}]`));
  const problems = read.flatMap((one) => (one.ok ? [] : one.problems));
  const names = read.flatMap((one) => (one.ok && one.value.name !== undefined ? [one.value.name] : []));
  const twice = names.findIndex((name, i) => names.indexOf(name) < i);
  if (twice >= 0) problems.push({ path: `scenarios[${twice}].name`, message: 'is used twice' });
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, value: read.flatMap((one) => (one.ok ? [one.value] : [])) };
}

/** A metric named `scenarios` has values in its list, which are no maps with `metrics`. */
function isScenarioShape(one: unknown): one is JsonObject {
  return isObject(one) && (isObject(one['metrics']) || typeof one['name'] === 'string');
}

function readScenario(given: JsonObject, path: string): Parsed<Scenario> {
  const unknown = Object.keys(given).find((key) => !fields.includes(key));
  if (unknown !== undefined) {
    return no({
      path: `${path}.${unknown}`,
      message: `is unknown: one of ${fields.join(', ')} was expected`,
    });
  }
  const name = given['name'];
  if (typeof name !== 'string') return no({ path, message: 'has no name' });
  const series = parseSeries(given['metrics'], `${path}.metrics`);
  if (!series.ok) return series;
  const expect = verdictOf(given['expect']);
  if (expect === undefined && given['expect'] !== undefined) {
    return no({ path: `${path}.expect`, message: `must be one of ${verdicts.join(', ')}` });
  }
  const { within } = given;
  const withinMs = typeof within === 'string' ? parseGoDuration(within) : undefined;
  if (withinMs === undefined && within !== undefined) {
    return no({ path: `${path}.within`, message: 'must be a duration such as 5m' });
  }
  const args = readArgs(given['args'], `${path}.args`);
  if (!args.ok) return args;
  return {
    ok: true,
    value: {
      name,
      args: args.value,
      series: series.value,
      ...(expect === undefined ? {} : { expect }),
      ...(withinMs === undefined ? {} : { withinMs }),
    },
  };
}

/** Reads a map of argument names to texts; figures are taken as they would be printed. */
export function readArgs(given: unknown, path: string): Parsed<Readonly<Record<string, string>>> {
  if (given === undefined || given === null) return { ok: true, value: {} };
  if (!isObject(given)) return no({ path, message: 'expected names of arguments with a text each' });
  const args: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    if (!isPlain) return no({ path: `${path}.${name}`, message: 'must be a text' });
    args[name] = String(value);
  }
  return { ok: true, value: args };
}

function no(problem: DataProblem): { readonly ok: false; readonly problems: readonly DataProblem[] } {
  return { ok: false, problems: [problem] };
}
