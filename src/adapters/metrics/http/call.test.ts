import { expect } from 'chai';
import type { MetricOutcome } from '#ports/metric-source.js';
import { FakeHttpServer } from '#test/fakes/http-server.js';
import { createHttpClient } from './call.js';
import { outcomeOf } from './failure.js';
import { formatFixed } from './fixed.js';
import { childAt, membersOf, readXml } from './xml.js';

describe('what metric sources share', () => {
  let server: FakeHttpServer;
  before(async () => {
    server = await FakeHttpServer.start();
  });
  after(() => server.stop());

  const call = (timeoutMs: number): Promise<MetricOutcome> =>
    outcomeOf(async () => {
      const { signal } = new AbortController();
      const { status, retryAfter, text } = await createHttpClient({ env: {} })({
        url: server.url,
        signal,
        timeoutMs,
      });
      return { kind: 'value', result: null, value: `${status} ${retryAfter} ${text}` };
    }, timeoutMs);

  it('ends a call whose time is up, before the answer and midway', async () => {
    const late = { kind: 'error', message: 'no answer within 0.05s' };
    server.answer = () => undefined;
    expect(await call(50)).to.deep.equal(late);
    server.answer = (_, response) => void response.write('{"a":');
    expect(await call(50)).to.deep.equal(late);
  });

  it('makes an error of an answer that breaks off', async () => {
    server.answer = (_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"a":', () => response.destroy());
    };
    const outcome = await call(5000);
    expect(outcome.kind).to.equal('error');
  });

  it('makes an error of an answer without end', async () => {
    const block = 'x'.repeat(1024 * 1024);
    server.answer = (_, response) => {
      for (let i = 0; i < 17; i += 1) response.write(block);
      response.end();
    };
    expect(await call(5000)).to.deep.equal({
      kind: 'error',
      message: 'the answer is larger than 16777216 bytes',
    });
  });

  it('says how long a server wants to be left alone', async () => {
    server.answer = (_, response) => {
      response.writeHead(429, { 'retry-after': '12' });
      response.end('slow down');
    };
    expect(await call(5000)).to.deep.include({ value: '429 12 slow down' });
  });

  it('reads XML with comments, attributes, empty elements and entities', () => {
    const root = readXml(
      '<?xml version="1.0"?>\n<a x="1 > 0"><!-- b --><l><member>1</member><member/></l><t>&lt;&#65;&#x42;&amp;</t></a>\n',
    );
    expect(membersOf(childAt(root, 'l')).map(({ text }) => text)).to.deep.equal(['1', '']);
    expect(childAt(root, 't')?.text).to.equal('<AB&');
    expect(childAt(root, 'l', 'none')).to.equal(undefined);
    for (const broken of ['', 'text', '<a>', '<a></b>', '</a>', '<a><b></a></b>', '<a/><']) {
      expect(() => readXml(broken), broken).to.throw('the answer is no XML');
    }
  });

  it('prints large floats without an exponent', () => {
    expect(formatFixed(1e21, 6)).to.equal('1000000000000000000000.000000');
    expect(formatFixed(-1e22, 2)).to.equal('-10000000000000000000000.00');
    expect(formatFixed(123456789.5, 6)).to.equal('123456789.500000');
  });
});
