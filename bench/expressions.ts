/** How many conditions a second one core judges: compiled once, then run, and compiled anew each time. */
import { compile } from '#core/expr/expression.js';
import { floatType, listOf, mapOf, unknownType } from '#core/expr/types/value-type.js';

const cases = [
  { name: 'threshold', source: 'result[0] >= 0.95', env: { result: new Float64Array([0.97]) } },
  {
    name: 'guarded ratio',
    source: 'result.total == 0 || result.errors / result.total < 0.01',
    env: { result: { total: 1000, errors: 3 } },
  },
  {
    name: 'share of 100 series',
    source: 'count(result, # > 1) / len(result) < 0.1',
    env: { result: new Float64Array(100).fill(0.5) },
  },
];
const seconds = 1;

for (const { name, source, env } of cases) {
  const result = env.result instanceof Float64Array ? listOf(floatType) : mapOf(unknownType);
  const compiled = compile(source, { variables: { result } });
  if (!compiled.ok) throw new Error(compiled.problem.message);
  const runs = perSecond(() => compiled.expression.run(env, 0));
  let n = 0;
  const compilations = perSecond(() => {
    n += 1;
    compile(`${source} || ${n} < 0`, { variables: { result } });
  });
  console.log(`${name.padEnd(22)} ${rate(runs)} runs a second, ${rate(compilations)} compilations a second`);
}

function perSecond(work: () => void): number {
  for (let i = 0; i < 2000; i += 1) work();
  const startedAt = performance.now();
  let count = 0;
  while (performance.now() - startedAt < seconds * 1000) {
    for (let i = 0; i < 100; i += 1) work();
    count += 100;
  }
  return count / ((performance.now() - startedAt) / 1000);
}

function rate(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: 3 }).padStart(10);
}
