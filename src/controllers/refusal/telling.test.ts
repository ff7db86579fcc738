import { expect } from 'chai';
import type { Kustomization } from '#api/flux/kustomization.js';
import { kinds } from '#api/kinds.js';
import { withRefusal } from '#core/gitops/refused.js';
import { instantOf } from '#core/time/instant.js';
import { AppError, type ErrorCode } from '#ports/errors.js';
import type { ControllerDefinition } from '#runtime/controller/definition.js';
import type { ControllerDeps } from '#runtime/controller/deps.js';
import { tellingRefusals } from './telling.js';

const key = { namespace: 'shop', name: 'app' };
const message = 'gitrepositories: User "s" cannot list resource "gitrepositories" in API group "x"';

/** A controller whose passes fail with `failure`, over a cache that may not read what `unread` names. */
function world(given: { failure?: AppError; unread?: AppError; generation?: number }) {
  const object: any = {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { ...key, uid: 'u', generation: 2 },
    spec: {},
  };
  const [told, forgotten]: [string[], string[]] = [[], []];
  const state = { ...given, passes: 0, writeFails: false };
  const deps = {
    cache: {
      get: () => object,
      refusalOf: (kind: unknown) => (kind === kinds.gitRepository ? state.unread : undefined),
    },
    clock: { now: () => instantOf(Date.UTC(2026, 0, 1)) },
    kube: {
      patch: (_key: unknown, { body }: { body: any }) => {
        if (state.writeFails) return Promise.reject(new AppError('KubeForbidden', 'no'));
        object.status = { ...object.status, ...body.status };
        return Promise.resolve(object);
      },
    },
    events: {
      record: (_object: unknown, events: readonly { type: string; reason: string; message: string }[]) =>
        void told.push(...events.map((event) => `${event.type} ${event.reason}: ${event.message}`)),
    },
  } as unknown as ControllerDeps;
  const inner: ControllerDefinition = {
    name: 'inner',
    watches: [
      { kind: kinds.kustomization, keysOf: () => [] },
      { kind: kinds.gitRepository, keysOf: () => [] },
    ],
    reconcile: () => {
      state.passes += 1;
      return state.failure === undefined ? Promise.resolve({}) : Promise.reject(state.failure);
    },
  };
  const definition = tellingRefusals<Kustomization>(inner, deps, {
    kind: kinds.kustomization,
    needs: () => [kinds.gitRepository],
    refused: withRefusal,
    forget: ({ name }) => void forgotten.push(name),
  });
  const pass = () => definition.reconcile(key).catch((error: unknown) => error);
  const says = () =>
    (object.status?.conditions ?? []).map(
      (one: any) => `${one.type} ${one.status} ${one.reason}: ${one.message}`,
    );
  return { definition, state, told, forgotten, pass, says };
}

describe('an object that the cluster refuses something', () => {
  it('says which verb on which resource is missing, in its conditions and as an event, once', async () => {
    const { pass, says, told, state, forgotten } = world({ unread: new AppError('KubeForbidden', message) });
    expect(await pass()).to.equal(state.unread);
    await pass();
    expect(says()).to.deep.equal([
      `Ready False Refused: ${message}`,
      `Reconciling True ProgressingWithRetry: ${message}`,
    ]);
    expect([told, state.passes, forgotten]).to.deep.equal([
      [`Warning ReconciliationError: ${message}`],
      0,
      ['app', 'app'],
    ]);
  });

  it('is tried when it may be read, and tells anew when it is refused again', async () => {
    const { pass, told, state } = world({ unread: new AppError('KubeForbidden', message) });
    await pass();
    delete state.unread;
    await pass();
    state.failure = new AppError('KubeForbidden', message);
    await pass();
    expect([state.passes, told.length]).to.deep.equal([2, 2]);
  });

  it('tells by the event alone when the status is what is refused', async () => {
    const { pass, says, told, state } = world({ failure: new AppError('KubeForbidden', message) });
    state.writeFails = true;
    expect(await pass()).to.equal(state.failure);
    expect([says(), told.length]).to.deep.equal([[], 1]);
  });

  it('leaves the right on other kinds to the passes, and that on its own to the controller', () => {
    const { definition } = world({});
    expect(definition.watches.map(({ isJudgedByPass }) => isJudgedByPass === true)).to.deep.equal([
      false,
      true,
    ]);
  });

  const rows: readonly (readonly [code: ErrorCode, isTold: boolean])[] = [
    ['KubeForbidden', true],
    ['KubeInvalid', true],
    ['KubeNoSuchKind', true],
    ['KubeWebhookFailed', true],
    ['KubeUnavailable', false],
    ['KubeTimeout', false],
    ['KubeConflict', false],
    ['NotLeader', false],
    ['BrokenInvariant', false],
  ];
  for (const [code, isTold] of rows)
    it(`${code}: ${isTold ? 'told' : 'passes by itself'}`, async () => {
      const { pass, says, told, state } = world({ failure: new AppError(code, 'so it is') });
      expect(await pass()).to.equal(state.failure);
      expect([says().length > 0, told.length > 0]).to.deep.equal([isTold, isTold]);
    });
});
