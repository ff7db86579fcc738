import { Readable } from 'node:stream';
import { expect } from 'chai';
import { Command } from 'commander';
import type { DemoOptions } from '#demo/index.js';
import { createManualClock } from '#test/fakes/manual-clock.js';
import { ExitWith } from '../command.js';
import type { Io } from '../io.js';
import { demoCommand } from './demo.js';

const output = { write: () => undefined, columns: undefined, rows: undefined };
const io: Io = {
  out: output,
  err: output,
  env: {},
  clock: createManualClock(),
  interrupted: new AbortController().signal,
  readText: async () => Promise.resolve(''),
  listFiles: async () => Promise.resolve([]),
  readLines: () => Readable.from([]),
  connect: async () => Promise.reject(new Error('the demo has a cluster of its own')),
};

async function play(isKept: boolean, ...flags: string[]): Promise<DemoOptions | number> {
  let seen: DemoOptions | undefined;
  const program = new Command('sluice').exitOverride();
  demoCommand(async (options) => {
    seen = options;
    return Promise.resolve(isKept);
  })(program, io);
  try {
    await program.parseAsync(['demo', ...flags], { from: 'user' });
  } catch (thrown) {
    if (thrown instanceof ExitWith) return thrown.code;
    throw thrown;
  }
  return seen ?? 0;
}

describe('sluice demo', () => {
  it('ends with 0 when every promise was kept and with 1 when one was broken', async () => {
    expect(await play(true)).to.include({ keep: false, pagePort: 0 });
    expect(await play(false)).to.equal(1);
  });
  it('hands its flags over', async () => {
    const options = await play(true, '--keep', '--page-port', '8123', '--kill-every', '25s');
    expect(options).to.include({ keep: true, pagePort: 8123, killEveryMs: 25_000 });
  });
  it('refuses flags that make no sense', async () => {
    for (const flags of [
      ['--kill-every', '0'],
      ['--kill-every', 'x'],
      ['--page-port', '99999'],
    ])
      expect(await play(true, ...flags)).to.equal(2);
  });
});
