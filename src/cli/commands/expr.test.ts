import { expect } from 'chai';
import type { Io } from '../io.js';
import { runCli } from '../program.js';
import { createManualClock } from '#test/fakes/manual-clock.js';

interface Finished {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `sluice expr` with these arguments over these files; `-` is standard input. */
async function run(args: readonly string[], files: Readonly<Record<string, string>> = {}): Promise<Finished> {
  let out = '';
  let err = '';
  const io: Io = {
    out: { write: (text) => void (out += text), columns: undefined, rows: undefined },
    err: { write: (text) => void (err += text), columns: undefined, rows: undefined },
    env: {},
    clock: createManualClock(),
    interrupted: new AbortController().signal,
    readText: async (path) => Promise.resolve(files[path] ?? ''),
    listFiles: async () => Promise.resolve([]),
    readLines: async function* readLines() {
      yield* (files['-'] ?? '').split('\n');
    },
    connect: async () => Promise.reject(new Error('no cluster is needed')),
  };
  return { code: await runCli(['expr', ...args], io), out, err };
}

describe('sluice expr', () => {
  it('prints the value and its type', async () => {
    expect(await run(['1 + 2'])).to.deep.equal({ code: 0, out: '3 (int)\n', err: '' });
    expect((await run(['-2 ** 2'])).out).to.equal('-4 (float)\n');
    expect((await run(['--env', 'e', '--', '-n'], { e: '{"n": 1}' })).out).to.equal('-1 (float)\n');
  });
  it('takes the variables from a file or from standard input', async () => {
    const text = '{"result": [0.97], "limit": {"$float": "+Inf"}}';
    expect((await run(['result[0] < limit', '--env', 'env.json'], { 'env.json': text })).out).to.equal(
      'true (bool)\n',
    );
    expect((await run(['result', '-o', 'json', '--env=-'], { '-': text })).out).to.equal(
      '{"value":[0.97],"type":"array"}\n',
    );
  });
  it('shows with a caret what is wrong, and exits 1', async () => {
    expect(await run(['n > 1 and nope', '--env', 'e'], { e: '{"n": 1}' })).to.deep.equal({
      code: 1,
      out: '',
      err: 'compile error: unknown name nope (1:11)\n | n > 1 and nope\n | ..........^\n',
    });
    const { code, err } = await run(['x.y.z', '--env', 'e'], { e: '{"x": {}}' });
    expect(code).to.equal(1);
    expect(err).to.match(/^run error: cannot fetch z from <nil> \(1:5\)\n \| x\.y\.z\n \| \.\.\.\.\^\n$/);
  });
  it('judges as a condition of a metric does', async () => {
    const e = '{"result": 4, "rt": "int"}';
    expect((await run(['result % 2 == 0', '--condition', '--env', 'e'], { e })).out).to.equal(
      'true (bool)\n',
    );
    expect((await run(['result', '--condition', '--env', 'e'], { e })).err).to.equal(
      'run error: expected bool, but got int\n',
    );
    const whole = '{"condition": "isNil(result)", "rt": "nilfloat"}';
    expect((await run(['--condition', '--env', 'e'], { e: whole })).out).to.equal('true (bool)\n');
  });
  it('answers each line by a line, failures too, and goes on', async () => {
    const lines = [
      '{"expr": "1 + 1"}',
      'nonsense',
      '',
      '{"expr": "x + 1", "env": {"x": 1}}',
      '{"expr": "x", "env": {}}',
      '{"condition": "result[0] > 1", "result": [2], "rt": "floats"}',
    ];
    const { code, out, err } = await run(['--jsonl'], { '-': lines.join('\n') });
    expect([code, err]).to.deep.equal([0, '']);
    const answers = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    expect(answers.map(({ value, error }) => value ?? error)).to.deep.equal([
      2,
      'compile',
      2,
      'compile',
      true,
    ]);
  });
  it('names wrong usage', async () => {
    expect(await run([])).to.include({ code: 2 });
    expect((await run(['1', '2'])).code).to.equal(2);
    expect((await run(['1', '-o', 'xml'])).code).to.equal(2);
    expect(await run(['1', '--env', 'e'], { e: '{' })).to.include({ code: 1 });
    expect((await run(['1', '--env', 'e'], { e: '[]' })).err).to.equal(
      'error: e: the environment must be an object\n',
    );
  });
});
