import { expect } from 'chai';
import { Ledger } from './ledger.js';
import type { Answer } from './load.js';

const host = 'shop.example';

function answer(sentAt: number, version: string | undefined, outcome: Answer['outcome'], user = 1): Answer {
  return { sentAt, host, user, outcome, ...(version === undefined ? {} : { version }) };
}

describe('the ledger of the demo', () => {
  it('counts what became of requests, host by host', () => {
    const ledger = new Ledger();
    ledger.add(answer(0, 'v1', 'ok'));
    ledger.add(answer(0, 'v1', 'failed'));
    ledger.add({ ...answer(0, undefined, 'dropped'), reason: 'connection reset' });
    ledger.add({ ...answer(0, 'v1', 'ok'), host: 'other.example' });
    expect(ledger.totals()).to.deep.equal([
      { host, sent: 3, ok: 1, failed: 1, dropped: 1 },
      { host: 'other.example', sent: 1, ok: 1, failed: 0, dropped: 0 },
    ]);
    expect(ledger.dropReasons()).to.deep.equal([['connection reset', 1]]);
  });
  it('shares the answers of the last three seconds among versions', () => {
    const ledger = new Ledger();
    ledger.add(answer(0, 'v0', 'ok'));
    for (const version of ['v1', 'v1', 'v1', 'v2']) ledger.add(answer(5000, version, 'ok'));
    ledger.add(answer(5000, undefined, 'dropped'));
    expect([...ledger.shares(host, 6000)]).to.deep.equal([
      ['v1', 0.75],
      ['v2', 0.25],
    ]);
    expect([...ledger.shares(host, 9000)]).to.deep.equal([]);
  });
  it('knows each user that met a version, and was harmed by it, once', () => {
    const ledger = new Ledger();
    ledger.add(answer(0, 'v3', 'ok', 1));
    ledger.add(answer(0, 'v3', 'failed', 2));
    ledger.add(answer(0, 'v3', 'failed', 2));
    ledger.add(answer(0, 'v2', 'failed', 3));
    expect(ledger.exposure('v3')).to.deep.equal({ users: 2, harmed: 1 });
    expect(ledger.exposure('v9')).to.deep.equal({ users: 0, harmed: 0 });
  });
  it('remembers when a request was sent last that a version answered, whatever the order of answers', () => {
    const ledger = new Ledger();
    ledger.add(answer(2000, 'v3', 'ok'));
    ledger.add(answer(1000, 'v3', 'ok'));
    expect(ledger.lastAnswer(host, 'v3')).to.equal(2000);
    expect(ledger.lastAnswer(host, 'v4')).to.equal(undefined);
  });
});
