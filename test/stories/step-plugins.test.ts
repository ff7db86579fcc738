import { expect } from 'chai';
import type { StepPluginStatus } from '#api/argoproj/rollout.js';
import { kinds } from '#api/kinds.js';
import type { PluginReply } from '#ports/plugin-host.js';
import { result } from '#test/fakes/scripted-plugins.js';
import { createPluginWorld as world, stepPlugins } from './plugin-world.js';
import { templateOf } from './shop.js';

const gate = { plugin: { name: 'team/gate', config: { url: 'http://x' } } };
const second = { plugin: { name: 'team/second' } };
const short = ({ index, operation, phase, executions }: StepPluginStatus) =>
  `${index} ${operation} ${phase} ${executions ?? 0}`;

describe('step plugins', () => {
  it('run once when they are successful, and the step is done (10.2)', async () => {
    const w = await world([gate], () => result({ phase: 'Successful', message: 'open', status: { n: 1 } }));
    await w.after(60);
    expect(w.failures).to.deep.equal([]);
    const [entry] = await w.entries();
    expect(entry).to.deep.include({
      index: 0,
      name: 'team/gate',
      operation: 'Run',
      phase: 'Successful',
      message: 'open',
      executions: 1,
      status: { n: 1 },
    });
    expect(
      Object.keys(entry ?? {})
        .sort()
        .join(),
    ).to.equal('executions,finishedAt,index,message,name,operation,phase,startedAt,status,updatedAt');
    expect(w.plugins.asked).to.have.length(1);
    const [{ params } = { params: {} }] = w.plugins.asked;
    expect(params).to.deep.include({
      plugin: 'team/gate',
      index: 0,
      execution: 1,
      config: { url: 'http://x' },
      status: null,
    });
    expect((await w.status()).phase).to.equal('Healthy');
    expect(await w.told('StepPluginTransition')).to.deep.equal([]);
    expect(await w.told('RolloutStepCompleted')).to.deep.equal([
      'RolloutStepCompleted: Rollout step 1/1 completed (plugin: team/gate)',
    ]);
  });

  it('that are Running are asked again after 30 s and 5 s more, with what they noted (10.2)', async () => {
    const w = await world([gate], (_request, n) =>
      result({ phase: n === 3 ? 'Successful' : 'Running', message: `try ${n}`, status: n }),
    );
    await w.after(34);
    expect(await w.entries()).to.have.length(1);
    expect((await w.entries())[0]).to.deep.include({
      phase: 'Running',
      backoff: '30s',
      executions: 1,
      status: 1,
    });
    expect((await w.status()).phase).to.equal('Progressing');
    await w.after(120);
    const seconds = w.plugins.asked.map(({ atMs }) => atMs);
    expect(seconds.slice(1).map((at, i) => at - (seconds[i] ?? 0))).to.deep.equal([35_000, 35_000]);
    expect(w.plugins.asked.map(({ params }) => params['status'])).to.deep.equal([null, 1, 2]);
    expect((await w.entries()).map(short)).to.deep.equal(['0 Run Successful 3']);
    expect(await w.told('StepPluginTransition')).to.deep.equal([
      'StepPluginTransition: Step Plugin 1 (team/gate) transitioned to phase Running: try 1',
    ]);
  });

  it('are named among what the Rollout waits for, and each answer is one write of the status', async () => {
    const w = await world([gate], () => result({ phase: 'Running', message: '1 of 2 signed' }));
    const writes = () => w.sandbox.journal().filter((line) => line.includes('MODIFIED Rollout/')).length;
    await w.after(20);
    expect((await w.status()).why).to.deep.include({
      what: 'Step Plugin 1 (team/gate) to be done: 1 of 2 signed',
      object: 'Rollout/shop/web',
      since: (await w.entries())[0]?.startedAt,
      unblockedBy: 'the gate',
      reason: 'StepPluginRunning',
    });
    const before = [w.asked().length, writes()];
    await w.after(20 + 35 * 4);
    expect([w.asked().length, writes()].map((count, i) => count - (before[i] ?? 0))).to.deep.equal([4, 4]);
  });

  it('say when they want to be asked again, if that is more than 10 s (10.2)', async () => {
    const w = await world([gate], (_request, n) =>
      result({ phase: n === 3 ? 'Successful' : 'Running', requeueAfter: n === 1 ? '2m' : 10 }),
    );
    await w.after(100);
    expect((await w.entries())[0]?.backoff).to.equal('2m0s');
    await w.after(130);
    expect((await w.entries())[0]?.backoff).to.equal('30s');
    await w.after(300);
    const at = w.plugins.asked.map(({ atMs }) => atMs);
    expect(at.slice(1).map((ms, i) => ms - (at[i] ?? 0))).to.deep.equal([125_000, 35_000]);
  });

  it('in Error are asked again after 30 s, and keep what they noted before (10.2)', async () => {
    const w = await world([gate], (_request, n) =>
      n === 1
        ? result({ phase: 'Running', status: 'kept' })
        : n === 2
          ? { kind: 'refused', message: 'database down' }
          : result({ phase: 'Successful' }),
    );
    await w.after(50);
    expect((await w.entries())[0]).to.deep.include({
      phase: 'Error',
      message: 'database down',
      backoff: '30s',
      executions: 2,
      status: 'kept',
    });
    await w.after(150);
    expect((await w.entries()).map(short)).to.deep.equal(['0 Run Successful 3']);
    expect(await w.told('StepPluginTransition')).to.deep.equal([
      'StepPluginTransition: Step Plugin 1 (team/gate) transitioned to phase Running',
      'StepPluginTransition: Step Plugin 1 (team/gate) transitioned to phase Error: database down',
    ]);
  });

  it('that Failed abort the update, and those before them are aborted once, from the last to the first', async () => {
    const w = await world([gate, second, { plugin: { name: 'team/gate' } }], ({ method, params }) =>
      method !== 'step.run'
        ? result({})
        : result({
            phase: (params as { index: number }).index === 2 ? 'Failed' : 'Successful',
            message: 'no go',
          }),
    );
    await w.after(300);
    const status = await w.status();
    expect([status.abort, status.phase, status.message]).to.deep.equal([
      true,
      'Degraded',
      'RolloutAborted: Rollout aborted update to revision 2: Step Plugin 3 (team/gate) failed: no go',
    ]);
    expect((await w.entries()).map(short)).to.deep.equal([
      '0 Run Successful 1',
      '1 Run Successful 1',
      '2 Run Failed 1',
      '1 Abort Successful 1',
      '0 Abort Successful 1',
    ]);
    const aborts = w.plugins.asked.filter(({ method }) => method === 'step.abort');
    expect(aborts.map(({ params }) => params['index'])).to.deep.equal([1, 0]);
    expect(await w.told('StepPluginTransition')).to.deep.equal([
      'StepPluginTransition: Step Plugin 3 (team/gate) transitioned to phase Failed: no go',
      'StepPluginTransition: Step Plugin 2 (team/second) Abort transitioned to phase Successful',
      'StepPluginTransition: Step Plugin 1 (team/gate) Abort transitioned to phase Successful',
    ]);
  });

  it('that Run are aborted when a person aborts; what cannot be done at once counts as Failed', async () => {
    const w = await world([gate], () => result({ phase: 'Running' }));
    await w.after(10);
    await w.order({ abort: true });
    await w.after(20);
    expect((await w.entries()).map(short)).to.deep.equal(['0 Run Running 1', '0 Abort Failed 1']);
    await w.after(200);
    expect(w.asked().map((asked) => asked.split(' ')[0])).to.deep.equal(['step.run', 'step.abort']);
  });

  it('start anew after a retry, with a key of their own', async () => {
    const w = await world([gate], ({ method }, n) =>
      method === 'step.abort' ? result({}) : result({ phase: n === 1 ? 'Failed' : 'Successful' }),
    );
    await w.after(30);
    await w.order({ abort: false });
    await w.after(90);
    expect((await w.entries()).map(short)).to.deep.equal(['0 Run Successful 1']);
    expect((await w.status()).phase).to.equal('Healthy');
    const keys = w.plugins.asked
      .filter(({ method }) => method === 'step.run')
      .map(({ params }) => params['key']);
    expect(new Set(keys).size).to.equal(2);
  });

  it('that Run are terminated by a full promotion, only the last one', async () => {
    const w = await world([gate, second], ({ params }) =>
      result({ phase: (params as { index: number }).index === 0 ? 'Successful' : 'Running' }),
    );
    await w.after(10);
    await w.order({ promoteFull: true });
    await w.after(30);
    expect((await w.entries()).map(short)).to.deep.equal([
      '0 Run Successful 1',
      '1 Run Running 1',
      '1 Terminate Failed 1',
    ]);
    expect((await w.status()).phase).to.equal('Healthy');
    await w.after(200);
    expect(w.asked().filter((asked) => asked.startsWith('step.terminate'))).to.have.length(1);
  });

  it('that a person left behind Running are terminated when the update is promoted', async () => {
    const w = await world([gate, { pause: { duration: '20s' } }], () => result({ phase: 'Running' }));
    await w.after(10);
    await w.order({ currentStepIndex: 1 });
    await w.after(20);
    expect((await w.entries()).map(short)).to.deep.equal(['0 Run Running 1']);
    await w.after(60);
    expect((await w.entries()).map(short)).to.deep.equal(['0 Run Running 1', '0 Terminate Failed 1']);
    expect((await w.status()).phase).to.equal('Healthy');
  });

  it('that are asked while the update is aborted are heard first, and aborted then', async () => {
    const held: (() => void)[] = [];
    const w = await world([gate], ({ method }, n) =>
      method === 'step.abort' || n === 1
        ? result({})
        : new Promise((resolve) => {
            held.push(() => resolve(result({ phase: 'Successful' })));
          }),
    );
    const waiting = w.after(40);
    for (let i = 0; i < 1000 && held.length === 0; i += 1) await new Promise(setImmediate);
    await w.order({ abort: true });
    for (let i = 0; i < 50; i += 1) await new Promise(setImmediate);
    expect(w.asked()).to.have.length(2);
    held[0]?.();
    await waiting;
    await w.after(60);
    expect((await w.entries()).map(short)).to.deep.equal(['0 Run Successful 2', '0 Abort Successful 1']);
    expect((await w.status()).message).to.equal('RolloutAborted: Rollout aborted update to revision 2');
  });

  it('that are disabled count as done and are never asked', async () => {
    const data = { stepPlugins: '[{name: team/gate, location: file:///x, disabled: true}]' };
    const w = await world([gate], () => result({ phase: 'Failed' }), { data });
    await w.after(60);
    expect(await w.entries()).to.deep.equal([
      { index: 0, name: 'team/gate', operation: 'Run', phase: 'Successful', disabled: true },
    ]);
    expect([w.asked(), (await w.status()).phase]).to.deep.equal([[], 'Healthy']);
  });

  it('run only while the Rollout is Progressing', async () => {
    const w = await world([gate], () => result({ phase: 'Running' }));
    await w.after(10);
    await w.patch(kinds.rollout, 'web', { spec: { paused: true } });
    await w.after(200);
    expect(w.asked()).to.have.length(1);
    await w.patch(kinds.rollout, 'web', { spec: { paused: false } });
    await w.after(210);
    expect(w.asked()).to.have.length(2);
  });

  it('are forgotten with a new template', async () => {
    const w = await world([gate], (_request, n) => result({ phase: n === 1 ? 'Running' : 'Successful' }));
    await w.after(10);
    await w.patch(kinds.rollout, 'web', { spec: { template: templateOf('web:3') } });
    await w.after(60);
    expect((await w.entries()).map(short)).to.deep.equal(['0 Run Successful 1']);
    expect((await w.status()).phase).to.equal('Healthy');
  });

  it('that are not configured hold the step, say so, and run as soon as they are', async () => {
    const w = await world([gate], () => result({ phase: 'Successful' }), { data: { stepPlugins: '[]' } });
    await w.after(3000);
    const problem =
      'Step Plugin 1 (team/gate): plugin team/gate not configured in configmap: add it to stepPlugins of ConfigMap argo-rollouts-config';
    expect(await w.condition()).to.deep.include({
      type: 'PluginUnavailable',
      status: 'True',
      reason: 'ReconciliationError',
      message: problem,
    });
    expect(await w.told('ReconciliationError')).to.deep.equal([`ReconciliationError: ${problem}`]);
    expect((await w.status()).why?.map(({ reason }) => reason)).to.include('PluginUnavailable');
    expect(
      w.decisions
        .at(-1)
        ?.waitingFor.map(({ what }) => what)
        .join(),
    ).to.match(/Step Plugin 1 .* to be usable/);
    expect([await w.entries(), (await w.status()).currentStepIndex]).to.deep.equal([[], 0]);
    const version = (await w.rollout()).metadata.resourceVersion;
    await w.after(9000);
    expect((await w.rollout()).metadata.resourceVersion).to.equal(version);
    await w.configure({ stepPlugins });
    await w.after(9060);
    expect([await w.condition(), (await w.status()).phase]).to.deep.equal([undefined, 'Healthy']);
  });

  it('that cannot be reached are asked the same again, and say so until they answer', async () => {
    const w = await world([gate], (_request, n) =>
      n < 3
        ? { kind: 'unreachable', message: 'plugin team/gate: it hangs' }
        : result({ phase: 'Successful' }),
    );
    await w.after(20);
    expect((await w.condition())?.message).to.equal('Step Plugin 1 (team/gate): plugin team/gate: it hangs');
    expect((await w.entries())[0]).to.deep.include({ phase: 'Running', backoff: '30s' });
    await w.after(120);
    expect(await w.told('ReconciliationError')).to.deep.equal([
      'ReconciliationError: Step Plugin 1 (team/gate): plugin team/gate: it hangs',
    ]);
    const keys = w.plugins.asked.map(({ params }) => params['key']);
    expect([keys.length, new Set(keys).size]).to.deep.equal([3, 1]);
    expect([await w.condition(), (await w.status()).phase]).to.deep.equal([undefined, 'Healthy']);
  });

  it('that could not be reached are asked at once when they are configured otherwise', async () => {
    const w = await world([gate], (_request, n) =>
      n < 2 ? { kind: 'unreachable', message: 'no such file' } : result({ phase: 'Running' }),
    );
    await w.after(10);
    await w.configure({ stepPlugins: stepPlugins.replace('plugins/gate', 'plugins/the-gate') });
    await w.after(11);
    expect(w.plugins.asked.map(({ atMs }) => atMs)).to.have.length(2);
    await w.configure({ stepPlugins });
    await w.after(30);
    expect(w.asked()).to.have.length(2);
  });

  const nonsense: readonly (readonly [string, object, RegExp])[] = [
    ['an unknown phase', { phase: 'Splendid' }, /its answer has the phase "Splendid"/],
    ['no duration', { phase: 'Running', requeueAfter: 'soon' }, /requeueAfter "soon", which is no duration/],
    ['too much to keep', { phase: 'Running', status: 'x'.repeat(70_000) }, /larger than 65536 bytes/],
  ];
  for (const [what, answer, problem] of nonsense) {
    it(`that answer ${what} hold the step and say so`, async () => {
      const w = await world([gate], () => result(answer));
      await w.after(20);
      expect((await w.condition())?.message).to.match(problem);
      expect((await w.status()).currentStepIndex).to.equal(0);
    });
  }

  it('that nobody answers for when the update is aborted are given up after ten tries', async () => {
    const w = await world([gate], ({ method }) =>
      method === 'step.run' ? result({ phase: 'Running' }) : { kind: 'unreachable', message: 'gone' },
    );
    await w.after(10);
    await w.order({ abort: true });
    await w.after(1000);
    expect((await w.entries()).map(short)).to.deep.equal(['0 Run Running 1', '0 Abort Error 10']);
    expect(await w.condition()).to.equal(undefined);
    const version = (await w.rollout()).metadata.resourceVersion;
    await w.after(5000);
    expect((await w.rollout()).metadata.resourceVersion).to.equal(version);
  });

  it('lose nothing and repeat nothing but the last call when the controller is killed', async () => {
    const held: (() => void)[] = [];
    const w = await world([gate], (_request, n) =>
      n === 1
        ? result({ phase: 'Running' })
        : n === 2
          ? new Promise<PluginReply>((resolve) => {
              held.push(() => resolve(result({ phase: 'Failed' })));
            })
          : result({ phase: 'Successful' }),
    );
    const second35 = w.after(40);
    for (let i = 0; i < 1000 && held.length === 0; i += 1) await new Promise(setImmediate);
    w.restart();
    held[0]?.();
    await second35;
    await w.after(120);
    expect(w.plugins.asked.map(({ params }) => params['execution'])).to.deep.equal([1, 2, 2]);
    const keys = w.plugins.asked.map(({ params }) => params['key']);
    expect([keys[1] === keys[2], keys[0] === keys[1]]).to.deep.equal([true, false]);
    expect((await w.entries()).map(short)).to.deep.equal(['0 Run Successful 2']);
  });

  it('are asked once for each execution over a cache that lags behind', async () => {
    const w = await world([gate], (_request, n) => result({ phase: n === 4 ? 'Successful' : 'Running' }), {
      lagMs: 700,
    });
    await w.after(300);
    expect(w.plugins.asked.map(({ params }) => params['execution'])).to.deep.equal([1, 2, 3, 4]);
    expect((await w.entries()).map(short)).to.deep.equal(['0 Run Successful 4']);
  });

  it('go on while they answer, however long it takes; one that never answered is late', async () => {
    const slow = await world([gate], () => result({ phase: 'Running' }), {
      spec: { progressDeadlineSeconds: 60 },
    });
    await slow.after(600);
    expect((await slow.status()).phase).to.equal('Progressing');
    const mute = await world([gate], () => ({ kind: 'unreachable', message: 'mute' }), {
      spec: { progressDeadlineSeconds: 60 },
    });
    await mute.after(600);
    expect((await mute.status()).message).to.match(/^ProgressDeadlineExceeded/);
    expect(mute.asked().length).to.be.greaterThan(10);
  });
});

describe('the configuration of plugins', () => {
  it('keeps what was right when a change is bad, and says what is wrong', async () => {
    const w = await world([gate, { pause: {} }, second], () => result({ phase: 'Successful' }));
    await w.after(30);
    await w.configure({
      stepPlugins: '- name: [',
      trafficRouterPlugins: '[{name: a/b, location: file:///x}]',
    });
    await w.order({ pauseConditions: null });
    await w.after(90);
    expect((await w.status()).phase).to.equal('Healthy');
    const events = (await w.sandbox.kube.list(kinds.event, { namespace: 'sluice' })).items;
    expect(events.map((event) => String(event['message'])).sort()).to.deep.equal([
      'stepPlugins: bad YAML in line 1: unexpected end of the stream within a flow collection',
      'trafficRouterPlugins: [a/b] are not supported: routers are built in, see docs/support.md',
    ]);
    expect(w.log.lines.filter((line) => line.includes('plugin configuration'))).to.have.length(2);
  });
});
