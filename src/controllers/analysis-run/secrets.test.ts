import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import type { MetricOutcome } from '#ports/metric-source.js';
import { analysisWorld, secret, secretArgs, web } from '#test/fakes/analysis-world.js';
import { floatOutcome } from '#test/fakes/scripted-metrics.js';

describe('Secrets of an analysis run', () => {
  it('reads Secrets when it measures and stores nothing of them', async () => {
    const provider = { web: { url: 'http://x/{{args.token}}' } };
    const w = await analysisWorld(
      { metrics: [{ name: 'm', provider }], args: secretArgs },
      () => ({ kind: 'error', message: 'http://x/hush is down' }),
      [secret('hush')],
    );
    expect(w.source.asked[0]?.provider).to.deep.equal({ url: 'http://x/hush' });
    expect((await w.get())?.status?.metricResults?.[0]?.measurements?.[0]?.message).to.equal(
      'http://x/***** is down',
    );
  });

  it('tries again when a Secret is missing, and ends in Error naming it and the metric (5.4, 18)', async () => {
    const w = await analysisWorld({ metrics: [web()], args: secretArgs }, () => floatOutcome(1));
    await w.sandbox.clock.advance(60_000);
    expect((await w.get())?.status).to.deep.include({
      phase: 'Error',
      message:
        'Metric "m" assessed Error due to consecutiveErrors (5) > consecutiveErrorLimit (4): "Error Message: Unable to resolve metric arguments: secrets "s" not found"',
    });
    expect(w.source.asked).to.deep.equal([]);
  });

  it('goes on as soon as a missing Secret, or its key, is there', async () => {
    const w = await analysisWorld({ metrics: [web()], args: secretArgs }, () => floatOutcome(1));
    await w.sandbox.kube.create(kinds.secret, { ...secret('x'), data: {} } as any);
    await w.sandbox.clock.advance(15_000);
    const messages = (await w.get())?.status?.metricResults?.[0]?.measurements?.map(({ message }) => message);
    expect(messages).to.deep.equal([
      'Unable to resolve metric arguments: secrets "s" not found',
      "Unable to resolve metric arguments: key 'token' does not exist in secret 's'",
    ]);
    await w.sandbox.kube.patch(
      { kind: kinds.secret, namespace: 'shop', name: 's' },
      { type: 'merge', body: { data: secret('hush').data } },
    );
    await w.sandbox.clock.advance(10_000);
    expect((await w.get())?.status?.phase).to.equal('Successful');
  });

  it('shows a Secret nowhere: value, metadata, resolved query, condition, name, events, log', async () => {
    const hush = 'h u"sh/';
    const metric = {
      name: 'm-{{args.token}}',
      successCondition: 'result == "{{args.token}}" + nope',
      provider: { web: { url: 'http://x/{{args.token}}' } },
    };
    const outcomes: MetricOutcome[] = [
      {
        kind: 'value',
        result: hush,
        value: JSON.stringify(hush),
        keepsValue: true,
        metadata: { seen: encodeURIComponent(hush) },
        resultMetadata: { ResolvedQuery: `q ${hush}` },
      },
    ];
    const w = await analysisWorld(
      { metrics: [{ ...metric, consecutiveErrorLimit: 1 }], args: secretArgs },
      () => {
        const [next] = outcomes.splice(0, 1);
        if (next === undefined) throw new Error(`thrown ${hush}`);
        return next;
      },
      [secret(hush)],
    );
    await w.sandbox.clock.advance(60_000);
    const status = (await w.get())?.status;
    expect(status?.phase).to.equal('Error');
    expect(status?.metricResults?.[0]).to.deep.include({
      name: 'm-temp-for-secret',
      metadata: { ResolvedQuery: 'q *****' },
    });
    expect(
      status?.metricResults?.[0]?.measurements?.map(({ value, metadata }) => [value, metadata]),
    ).to.deep.equal([
      ['"*****"', { seen: '*****' }],
      [undefined, undefined],
    ]);
    const said = JSON.stringify([status, await w.events(), w.logged]);
    for (const form of [hush, encodeURIComponent(hush), JSON.stringify(hush).slice(1, -1)]) {
      expect(said).not.to.include(form);
    }
    expect(w.logged).to.deep.equal(['metric source failed: thrown *****']);
  });

  it('are read anew for each measurement, so that a rotated one is used', async () => {
    const provider = { web: { url: 'http://x/{{args.token}}' } };
    const w = await analysisWorld(
      { metrics: [{ name: 'm', provider, count: 2, interval: '30s' }], args: secretArgs },
      () => floatOutcome(1),
      [secret('first')],
    );
    await w.sandbox.kube.patch(
      { kind: kinds.secret, namespace: 'shop', name: 's' },
      { type: 'merge', body: { data: secret('second').data } },
    );
    await w.sandbox.clock.advance(60_000);
    expect(w.source.asked.map((asked) => asked.provider)).to.deep.equal([
      { url: 'http://x/first' },
      { url: 'http://x/second' },
    ]);
  });

  it('win over a value beside them (5.2)', async () => {
    const args = [{ ...secretArgs[0], value: 'plain' }];
    const provider = { web: { url: 'http://x/{{args.token}}' } };
    const w = await analysisWorld({ metrics: [{ name: 'm', provider }], args }, () => floatOutcome(1), [
      secret('hush'),
    ]);
    expect(w.source.asked[0]?.provider).to.deep.equal({ url: 'http://x/hush' });
  });

  it('may be empty', async () => {
    const provider = { web: { url: 'http://x/{{args.token}}!' } };
    const w = await analysisWorld(
      { metrics: [{ name: 'm', provider }], args: secretArgs },
      () => ({ kind: 'error', message: 'down' }),
      [secret('')],
    );
    expect(w.source.asked[0]?.provider).to.deep.equal({ url: 'http://x/!' });
    expect((await w.get())?.status?.metricResults?.[0]?.measurements?.[0]?.message).to.equal('down');
  });

  it('of which one is absent hold up no longer than consecutiveErrorLimit says, and a dry run not at all', async () => {
    const limited = await analysisWorld(
      { metrics: [web({ consecutiveErrorLimit: 1 })], args: secretArgs },
      () => floatOutcome(1),
    );
    await limited.sandbox.clock.advance(10_000);
    expect((await limited.get())?.status).to.deep.include({
      phase: 'Error',
      message:
        'Metric "m" assessed Error due to consecutiveErrors (2) > consecutiveErrorLimit (1): "Error Message: Unable to resolve metric arguments: secrets "s" not found"',
      completedAt: '2026-01-01T00:00:10Z',
    });
    const dry = await analysisWorld(
      { metrics: [web({ consecutiveErrorLimit: 0 })], args: secretArgs, dryRun: [{ metricName: 'm' }] },
      () => floatOutcome(1),
    );
    expect((await dry.get())?.status).to.deep.include({
      phase: 'Successful',
      dryRunSummary: { count: 1, error: 1 },
    });
  });

  it('drive neither name nor interval nor count, whatever they hold (5.4)', async () => {
    const w = await analysisWorld(
      { metrics: [web({ interval: '10s', count: '{{args.token}}' })], args: secretArgs },
      () => floatOutcome(1),
      [secret('2')],
    );
    await w.sandbox.clock.advance(60_000);
    expect([w.source.asked.length, (await w.get())?.status?.phase]).to.deep.equal([7, 'Running']);
  });

  it('show in no form in which a backend sends them back', async () => {
    const hush = 'pass&word=1';
    const forms = [hush, encodeURIComponent(hush), Buffer.from(hush).toString('base64'), 'pass\\u0026word=1'];
    const w = await analysisWorld(
      { metrics: [web()], args: secretArgs },
      () => ({ kind: 'value', result: 1, value: forms.join(' '), metadata: { a: forms.join(' ') } }),
      [secret(`${hush}\n`)],
    );
    const stars = '***** ***** ***** *****';
    const [measurement] = (await w.get())?.status?.metricResults?.[0]?.measurements ?? [];
    expect([measurement?.value, measurement?.metadata]).to.deep.equal([stars, { a: stars }]);
  });
});
