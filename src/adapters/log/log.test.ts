import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { createLog, type LogOptions } from './log.js';

function collect(options: LogOptions) {
  const stream = new PassThrough();
  const log = createLog({ ...options, stream });
  return {
    log,
    lines: () =>
      String(stream.read() ?? '')
        .trim()
        .split('\n'),
  };
}

describe('log', () => {
  it('writes one JSON object a line, fields of the parent included', () => {
    const { log, lines } = collect({ format: 'json' });
    log.with({ controller: 'rollout' }).info('reconciled', { name: 'web', message: 'kept apart' });
    const [line] = lines();
    expect(JSON.parse(line ?? '')).to.include({
      level: 'info',
      message: 'reconciled',
      controller: 'rollout',
      name: 'web',
      message_: 'kept apart',
    });
  });

  it('writes readable lines and leaves out what is below the level', () => {
    const { log, lines } = collect({ format: 'pretty', level: 'warn' });
    log.info('not shown');
    log.warn('slow', { ms: 12, why: 'two words' });
    expect(lines()).to.have.length(1);
  });

  it('quotes values that hold blanks', () => {
    const { log, lines } = collect({ format: 'pretty' });
    log.warn('slow', { ms: 12, why: 'two words' });
    expect(lines()[0]).to.match(/WARN {2}slow ms=12 why="two words"$/);
  });
});
