import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import { addMs } from '#core/time/instant.js';
import { AppError } from '#ports/errors.js';
import type { Kube } from '#ports/kube.js';
import { createStoreKube } from '#sandbox/kube/store-kube.js';
import { createStore } from '#sandbox/store/store.js';
import { createManualClock, settle } from '#test/fakes/manual-clock.js';
import { configMap } from '#test/fakes/scripted-kube.js';
import { createSilentLog } from '#test/fakes/silent-log.js';
import { KubeEventRecorder } from './event-recorder.js';

const about = configMap('web', 1, { namespace: 'default' });
const event = (reason: string, message: string) => ({ type: 'Normal', reason, message }) as const;

function world(wrap: (kube: Kube) => Kube = (kube) => kube) {
  const clock = createManualClock(Date.UTC(2026, 0, 1));
  const kube = createStoreKube(createStore({ clock }));
  const log = createSilentLog();
  const recorder = new KubeEventRecorder({
    kube: wrap(kube),
    clock,
    log,
    component: 'rollouts-controller',
    mostPending: 1000,
  });
  const stored = async () => {
    const { items } = await kube.list(kinds.event, { namespace: 'default' });
    return items
      .map(({ reason, message, count }) => `${String(reason)}: ${String(message)} x${String(count)}`)
      .sort();
  };
  return { clock, kube, log, recorder, stored };
}

describe('event recorder', () => {
  it('writes an event about the object, as kubectl shows it', async () => {
    const { recorder, kube } = world();
    recorder.record(about, [event('Scaled', 'to 3')]);
    await recorder.flush();
    const [stored] = (await kube.list(kinds.event)).items;
    expect(stored).to.deep.include({
      type: 'Normal',
      reason: 'Scaled',
      message: 'to 3',
      count: 1,
      firstTimestamp: '2026-01-01T00:00:00Z',
      source: { component: 'rollouts-controller' },
    });
    expect(stored?.['involvedObject']).to.include({ kind: 'ConfigMap', name: 'web', uid: 'uid-web' });
  });

  it('tells of what Flux has kinds for as Flux does: by the name of its controller, with what alerts carry', async () => {
    const { recorder, kube } = world();
    const applied = {
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata: { name: 'app', namespace: 'default' },
    };
    recorder.record(applied, [
      { ...event('Progressing', 'ConfigMap/a created'), metadata: { revision: 'main@sha1:1' } },
    ]);
    await recorder.flush();
    const [stored] = (await kube.list(kinds.event)).items;
    expect(stored).to.deep.include({
      source: { component: 'kustomize-controller' },
      reportingComponent: 'kustomize-controller',
    });
    expect(stored?.metadata.annotations).to.deep.equal({
      'kustomize.toolkit.fluxcd.io/revision': 'main@sha1:1',
    });
  });

  it('counts equal events up and leaves different ones apart', async () => {
    const { recorder, stored, clock } = world();
    for (let i = 0; i < 3; i++) {
      recorder.record(about, [event('Scaled', 'to 3'), event('Scaled', 'to 4')]);
      await clock.advance(1000);
    }
    await recorder.flush();
    expect(await stored()).to.deep.equal(['Scaled: to 3 x3', 'Scaled: to 4 x3']);
  });

  it('writes the count of repetitions once in a while, not each of them', async () => {
    let patches = 0;
    const { recorder, stored, clock } = world((kube) => ({
      ...kube,
      patch: (...args) => {
        patches++;
        return kube.patch(...args);
      },
    }));
    for (let i = 0; i < 8; i++) {
      recorder.record(about, [event('Paused', 'for a moment')]);
      await clock.advance(250);
    }
    await clock.advance(1500);
    expect(await stored()).to.deep.equal(['Paused: for a moment x8']);
    expect(patches).to.equal(2);
  });

  it('writes a repetition that comes later in its turn', async () => {
    const { recorder, kube, clock } = world();
    recorder.record(about, [event('Resumed', 'again')]);
    await clock.advance(60_000);
    recorder.record(about, [event('Resumed', 'again'), event('Aborted', 'for a reason')]);
    await clock.advance(100);
    const { items } = await kube.list(kinds.event, { namespace: 'default' });
    const told = items.toSorted(
      (a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion),
    );
    expect(told.map(({ reason, count }) => [reason, count])).to.deep.equal([
      ['Resumed', 2],
      ['Aborted', 1],
    ]);
  });

  it('tells together what the server is too slow for, words and all', async () => {
    let isSlow = true;
    const { recorder, stored, clock } = world((kube) => ({
      ...kube,
      create: async (kind, object, options) => {
        if (isSlow) await new Promise<void>((resolve) => clock.schedule(addMs(clock.now(), 2000), resolve));
        return kube.create(kind, object, options);
      },
    }));
    const steps = [1, 2, 3].map((step) => event('Step', `step ${step}`));
    recorder.record(about, [event('First', 'slow'), ...steps, event('Last', 'done')]);
    await clock.advance(2000);
    isSlow = false;
    await clock.advance(5000);
    expect(await stored()).to.deep.equal([
      'First: slow x1',
      'Last: done x1',
      'Step: (combined from similar events): step 1; step 2; step 3 x3',
    ]);
  });

  it('combines many similar events into one', async () => {
    const { recorder, stored } = world();
    for (let i = 0; i < 15; i++) recorder.record(about, [event('Scaled', `to ${i}`)]);
    await recorder.flush();
    const texts = await stored();
    expect(texts).to.have.length(11);
    expect(texts).to.include('Scaled: (combined from similar events): to 14 x5');
  });

  it('makes a new event when the old one has expired in the store', async () => {
    const { recorder, stored, kube } = world();
    recorder.record(about, [event('Scaled', 'to 3')]);
    await recorder.flush();
    for (const { metadata } of (await kube.list(kinds.event)).items) {
      await kube.delete({ kind: kinds.event, namespace: 'default', name: metadata.name });
    }
    recorder.record(about, [event('Scaled', 'to 3')]);
    await recorder.flush();
    expect(await stored()).to.deep.equal(['Scaled: to 3 x2']);
  });

  it('tries again after a passing failure, gives up on others, and never throws', async () => {
    let failures = [new AppError('KubeUnavailable', 'down'), new AppError('KubeForbidden', 'no')];
    const { recorder, stored, clock } = world((kube) => ({
      ...kube,
      create: async (kind, object, options) => {
        const failure = failures.shift();
        if (failure !== undefined) throw failure;
        return kube.create(kind, object, options);
      },
    }));
    recorder.record(about, [event('First', 'refused'), event('Second', 'kept')]);
    await clock.advance(5000);
    expect(await stored()).to.deep.equal(['Second: kept x1']);
    failures = [new AppError('KubeUnavailable', 'down')];
    recorder.record(about, [event('Third', 'late')]);
    await clock.advance(5000);
    expect(await stored()).to.deep.equal(['Second: kept x1', 'Third: late x1']);
  });

  it('drops what it cannot hold instead of growing', async () => {
    const { recorder, log } = world();
    const many = Array.from({ length: 1500 }, (_, i) => event(`Reason${i % 200}`, `message ${i}`));
    recorder.record(about, many);
    await recorder.flush();
    await settle();
    expect(log.lines).to.deep.equal(['warn events dropped']);
  });
});
