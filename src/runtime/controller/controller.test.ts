import { expect } from 'chai';
import { kinds } from '#api/kinds.js';
import { addMs } from '#core/time/instant.js';
import type { Cache } from '#ports/cache.js';
import { AppError, type ErrorCode } from '#ports/errors.js';
import type { Log } from '#ports/log.js';
import { createManualClock, settle } from '#test/fakes/manual-clock.js';
import { configMap } from '#test/fakes/scripted-kube.js';
import { Controller } from './controller.js';
import type { ReconcileKey, ReconcileResult, Watch } from './definition.js';

const web = { namespace: 'shop', name: 'web' };
const noCache: Cache = { get: () => undefined, list: () => [] };

function keepLog() {
  const lines: string[] = [];
  const log: Log = {
    debug: (message) => lines.push(`debug ${message}`),
    info: (message) => lines.push(`info ${message}`),
    warn: (message) => lines.push(`warn ${message}`),
    error: (message) => lines.push(`error ${message}`),
    with: () => log,
  };
  return { log, lines };
}

/** Objects whose name begins with `done` have nothing to do. */
const driving: Watch = {
  kind: kinds.configMap,
  keysOf: ({ metadata: { namespace = '', name } }) => [{ namespace, name }],
  isAtRest: ({ metadata: { name } }) => name.startsWith('done'),
};

function run(reconcile: (key: ReconcileKey) => Promise<ReconcileResult>, workers = 10) {
  const clock = createManualClock(1000);
  const { log, lines } = keepLog();
  const passes: string[] = [];
  const definition = {
    name: 'test',
    watches: [driving],
    workers,
    reconcile: (key: ReconcileKey) => {
      passes.push(`${key.name}@${clock.now()}`);
      return reconcile(key);
    },
  };
  const controller = new Controller({ definition, cache: noCache, clock, log, random: () => 0.5 });
  return { clock, lines, passes, controller };
}

const failing = (code: ErrorCode, retryAfterMs?: number) => async (): Promise<ReconcileResult> => {
  throw new AppError(code, 'no luck', retryAfterMs === undefined ? {} : { retryAfterMs });
};

describe('controller', () => {
  it('works off what was added before its start, once a key', async () => {
    const { controller, passes } = run(async () => ({}));
    controller.add(web);
    controller.add(web);
    await settle();
    expect(passes).to.deep.equal([]);
    controller.start();
    await settle();
    expect(passes).to.deep.equal(['web@1000']);
  });

  it('looks again at the moment that a pass asked for', async () => {
    let left = 1;
    const { controller, clock, passes } = run(async () =>
      left-- > 0 ? { requeueAt: addMs(clock.now(), 5000) } : {},
    );
    controller.start();
    controller.add(web);
    await clock.advance(60_000);
    expect(passes).to.deep.equal(['web@1000', 'web@6000']);
  });

  it('looks first at what has something to do when it starts, and at all in turn afterwards', async () => {
    const { controller, passes, clock } = run(async () => ({}), 1);
    const other: Watch = { ...driving, kind: kinds.pod };
    controller.heed(other, { object: configMap('new', 1) });
    for (const name of ['done', 'done-2', 'new', 'new-2'])
      controller.heed(driving, { object: configMap(name, 1) });
    controller.heed(other, { object: configMap('done-2', 1) });
    controller.start();
    await clock.advance(1);
    expect(passes.map((pass) => pass.split('@')[0])).to.deep.equal(['new', 'new-2', 'done', 'done-2']);
    passes.length = 0;
    for (const name of ['done', 'new']) controller.heed(driving, { object: configMap(name, 1) });
    await clock.advance(1);
    expect(passes.map((pass) => pass.split('@')[0])).to.deep.equal(['done', 'new']);
  });

  it('never runs two passes of one key, and no more keys at a time than it has workers', async () => {
    let running = 0;
    let most = 0;
    const releases: (() => void)[] = [];
    const { controller, passes } = run(async () => {
      most = Math.max(most, ++running);
      await new Promise<void>((resolve) => releases.push(resolve));
      running--;
      return {};
    }, 2);
    controller.start();
    for (const name of ['a', 'b', 'c', 'a']) controller.add({ namespace: 'shop', name });
    controller.add({ namespace: 'shop', name: 'a' });
    for (let i = 0; i < 6; i++) {
      await settle();
      releases.shift()?.();
    }
    await settle();
    expect(most).to.equal(2);
    expect(passes.map((pass) => pass[0])).to.have.members(['a', 'a', 'b', 'c']);
  });

  it('backs off from a passing failure, longer each time, and starts over after a success', async () => {
    let isDown = true;
    const { controller, clock, passes, lines } = run(async () =>
      isDown ? failing('KubeUnavailable')() : {},
    );
    controller.start();
    controller.add(web);
    await clock.advance(250 + 500 + 1000);
    expect(passes).to.deep.equal(['web@1000', 'web@1250', 'web@1750', 'web@2750']);
    expect(lines[0]).to.equal('warn reconcile failed');
    isDown = false;
    await clock.advance(2000);
    isDown = true;
    controller.add(web);
    await clock.advance(250);
    expect(passes.slice(-2)).to.deep.equal(['web@4750', 'web@5000']);
  });

  it('waits as long as the server asks', async () => {
    const { controller, clock, passes } = run(failing('KubeThrottled', 20_000));
    controller.start();
    controller.add(web);
    await clock.advance(20_000);
    expect(passes).to.deep.equal(['web@1000', 'web@21000']);
  });

  it('observes again at once after a conflict, and patiently after many', async () => {
    const { controller, clock, passes, lines } = run(failing('KubeConflict'));
    controller.start();
    controller.add(web);
    await settle();
    expect(passes).to.have.length(6);
    await clock.advance(250);
    expect(passes).to.have.length(7);
    expect(new Set(lines)).to.deep.equal(new Set(['debug reconcile failed']));
  });

  it('does not retry what only the user can mend, and says it once', async () => {
    const { controller, clock, passes, lines } = run(failing('ConfigInvalid'));
    controller.start();
    controller.add(web);
    await clock.advance(3_600_000);
    expect(passes).to.have.length(1);
    controller.add(web);
    await settle();
    expect(passes).to.have.length(2);
    expect(lines).to.deep.equal(['info reconcile failed']);
  });

  for (const code of ['KubeForbidden', 'KubeInvalid'] as const)
    it(`tries again after ${code}, since no watch tells of a granted right or a policy that is gone`, async () => {
      const { controller, clock, passes, lines } = run(failing(code));
      controller.start();
      controller.add(web);
      await clock.advance(10_000);
      expect(passes).to.deep.equal(['web@1000', 'web@11000']);
      expect(lines, 'said once').to.have.length(1);
    });

  it('looks for a missing dependency at a fixed pace', async () => {
    const { controller, clock, passes } = run(failing('ArtifactMissing'));
    controller.start();
    controller.add(web);
    await clock.advance(20_000);
    expect(passes).to.deep.equal(['web@1000', 'web@11000', 'web@21000']);
  });

  it('counts whatever else is thrown as a fault of ours', async () => {
    const { controller, lines } = run(async () => {
      throw new TypeError('undefined is not a function');
    });
    controller.start();
    controller.add(web);
    await settle();
    expect(lines).to.deep.equal(['error reconcile failed']);
  });

  it('awaits passes under way when it stops, and leaves no timer', async () => {
    let release = (): void => undefined;
    const { controller, clock } = run(
      () => new Promise((resolve) => (release = () => resolve({ requeueAt: addMs(clock.now(), 1) }))),
    );
    controller.start();
    controller.add(web);
    await settle();
    let isStopped = false;
    const stopped = controller.stop().then(() => (isStopped = true));
    await settle();
    expect(isStopped).to.equal(false);
    release();
    await stopped;
    expect(clock.pendingCount).to.equal(0);
  });
});
