import { expect } from 'chai';
import { WorkBoard } from './work-board.js';

const run = { key: { namespace: 'shop', name: 'r' }, uid: 'u' };

function report(name: string): string {
  return `${name} is done`;
}

/** Work that ends when the test says so, or when it is aborted. */
function held(name: string) {
  let end: () => void = () => undefined;
  const done = new Promise<string>((resolve) => {
    end = () => resolve(report(name));
  });
  return { end: () => end(), work: (signal: AbortSignal) => (signal.addEventListener('abort', end), done) };
}

describe('work board', () => {
  it('asks for a pass when a piece of work has ended, and keeps its report until it is stored', async () => {
    const board = new WorkBoard<string>();
    const queued: unknown[] = [];
    board.subscribe((key) => queued.push(key));
    const a = held('a');
    board.start(run, 'a', a.work);
    expect(board.view('u').underWay).to.deep.equal(['a']);
    a.end();
    await board.settled();
    expect(queued).to.deep.equal([run.key]);
    const { underWay, reports } = board.view('u');
    expect([underWay, reports]).to.deep.equal([[], [report('a')]]);
    board.acknowledge('u', reports);
    expect(board.view('u').reports).to.deep.equal([]);
  });

  it('runs no more than its limit at the same time', async () => {
    const board = new WorkBoard<string>(1);
    let started = 0;
    const works = ['a', 'b'].map(held);
    for (const [i, { work }] of works.entries()) {
      board.start(run, String(i), (signal) => {
        started += 1;
        return work(signal);
      });
    }
    expect(started).to.equal(1);
    expect(board.view('u').underWay).to.deep.equal(['0', '1']);
    for (const { end } of works) end();
    await board.settled();
    expect(started).to.equal(2);
  });

  it('lets work of one lane hold up no other', async () => {
    const board = new WorkBoard<string>(1);
    const several = Array.from({ length: 10 }, (_, i) => held(String(i)));
    let inLane = 0;
    for (const [i, { work }] of several.entries()) {
      const counted = (signal: AbortSignal) => ((inLane += 1), work(signal));
      board.start(run, String(i), counted, 'plugin.team/hangs');
    }
    const free = held('free');
    board.start(run, 'free', free.work);
    free.end();
    await new Promise(setImmediate);
    expect([board.view('u').reports, inLane]).to.deep.equal([['free is done'], 8]);
    for (const { end } of several) end();
    await board.settled();
    expect(inLane).to.equal(10);
  });

  it('aborts and forgets what nobody waits for', async () => {
    const board = new WorkBoard<string>();
    const queued: unknown[] = [];
    board.subscribe((key) => queued.push(key));
    board.start(run, 'a', held('a').work);
    board.abandon('u', ['a']);
    expect(board.view('u').underWay).to.deep.equal([]);
    board.start(run, 'b', held('b').work);
    board.forget(run.key, 'another');
    await board.settled();
    expect([queued, board.view('u').reports]).to.deep.equal([[], []]);
  });

  it('is silent after its end', async () => {
    const board = new WorkBoard<string>();
    const queued: unknown[] = [];
    const end = board.subscribe((key) => queued.push(key));
    board.start(run, 'a', held('a').work);
    end();
    await board.settled();
    expect(queued).to.deep.equal([]);
  });
});
