import { expect } from 'chai';
import type { Builtin } from '../builtins/builtin.js';
import { evaluate } from '../expression.js';
import { timeType } from '../types/value-type.js';
import { formatValue } from '../values/format.js';
import { Moment } from '../values/special.js';

const nowMs = Date.UTC(2026, 0, 2, 15, 4, 5);

const functions: Readonly<Record<string, Builtin>> = {
  'time.Now': {
    params: [],
    result: timeType,
    run: (_, machine) => new Moment(BigInt(machine.nowMs) * 1_000_000n),
  },
};

function run(source: string): string {
  const outcome = evaluate(source, { o: { at: new Moment(0n) } }, { functions, nowMs });
  return outcome.ok ? formatValue(outcome.value) : outcome.problem.message;
}

describe('methods of times and durations', () => {
  const cases: Readonly<Record<string, string>> = {
    'time.Now().Year()': '2026',
    'time.Now().Month()': 'January',
    'time.Now().Format("15:04")': '15:04',
    'time.Now().Sub(o.at).Hours() > 24': 'true',
    'now().Add(duration("90m")).Hour()': '16',
    'duration("1h30m").Minutes()': '90',
    'duration("1h30m").Round(duration("1h")).String()': '2h0m0s',
    'o.at.AddDate(1, 1, 1).Format("2006-01-02")': '1971-02-02',
    'o.at.Before(now()) and now().After(o.at)': 'true',
    'o.at.UnixMilli()': '0',
    'o.missing?.Format("15")': '<nil>',
    'time.Then()': 'unknown name time',
    'now().Nope()': 'type time.Time has no method Nope',
    'o.at.Nope()': 'type time.Time has no method Nope',
    'o.at.Format(1)': 'interface conversion: interface {} is int, not string',
    'time.Now(1)': 'too many arguments to call time.Now',
    'o.x()': 'cannot call nil: it is no function',
  };
  for (const [source, wanted] of Object.entries(cases)) {
    it(`${source} is ${wanted}`, () => expect(run(source)).to.equal(wanted));
  }
});
