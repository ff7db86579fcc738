import type { KubeObject } from '#api/k8s/meta.js';
import { kinds } from '#api/kinds.js';
import type { Io, Target } from '#cli/io.js';
import { runCli } from '#cli/program.js';
import { parseYaml } from '#core/yaml/yaml.js';
import { instantOf } from '#core/time/instant.js';
import { AppError } from '#ports/errors.js';
import type { Kube } from '#ports/kube.js';
import { createStoreKube } from '#sandbox/kube/store-kube.js';
import { installCrds } from '#sandbox/store/crd/install.js';
import { createStore } from '#sandbox/store/store.js';
import { renderCrds } from '../../src/generate/crds.js';
import { createManualClock, settle, type ManualClock } from './manual-clock.js';

export interface CliWorld {
  readonly kube: Kube;
  readonly clock: ManualClock;
  /** Which clusters commands asked for. */
  readonly targets: Target[];
  /** What has been written so far. */
  readonly out: () => string;
  readonly err: () => string;
  /** Runs a command line to its end. */
  run(line: string): Promise<Finished>;
  /** Begins one that goes on until it is interrupted or done. */
  start(line: string): Running;
  /** Stores an object with its status, under its owner. */
  put(object: KubeObject): Promise<void>;
}

export interface Finished {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Running {
  readonly done: Promise<number>;
  interrupt(): void;
}

export interface CliWorldOptions {
  readonly objects?: readonly KubeObject[];
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly terminal?: { readonly columns: number; readonly rows: number };
  /** Stands for the connection, for instance one that fails. */
  readonly kube?: (kube: Kube) => Kube;
}

const began = instantOf(Date.parse('2026-01-02T03:00:00Z'));
const agesMs = 12 * 60_000;

/**
 * A command line over a store with every kind of this product installed, at 2026-01-02T03:12:00Z, when its objects are
 * twelve minutes old. Words of a line are parted by blanks.
 */
export async function createCliWorld(options: CliWorldOptions = {}): Promise<CliWorld> {
  const clock = createManualClock(began);
  const store = createStore({ clock });
  installCrds(store, crds);
  const plain = createStoreKube(store);
  const put = createPut(plain);
  await put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
  for (const object of options.objects ?? []) await put(object);
  await clock.advance(agesMs);
  const kube = options.kube?.(plain) ?? plain;
  const targets: Target[] = [];
  const written = { out: '', err: '' };
  const ioWith = (interrupted: AbortSignal): Io => ({
    out: outputTo((text) => (written.out += text), options.terminal),
    err: outputTo((text) => (written.err += text), undefined),
    env: options.env ?? {},
    clock,
    interrupted,
    readText: async (path) => {
      const text = options.files?.[path];
      if (text !== undefined) return Promise.resolve(text);
      throw new AppError('ConfigInvalid', `${path}: cannot be read: no such file`);
    },
    listFiles: async (path) => {
      const below = Object.keys(options.files ?? {}).filter((file) => file.startsWith(`${path}/`));
      return Promise.resolve(below.length === 0 ? [path] : below.toSorted());
    },
    readLines: async function* readLines() {
      yield* (options.files?.['-'] ?? '').split('\n');
    },
    connect: async (target) => {
      targets.push(target);
      return { kube, namespace: target.namespace ?? 'shop', close: async () => Promise.resolve() };
    },
  });
  const start = (line: string): Running => {
    const stop = new AbortController();
    return { done: runCli(line.split(' '), ioWith(stop.signal)), interrupt: () => stop.abort() };
  };
  return {
    kube,
    clock,
    targets,
    out: () => written.out,
    err: () => written.err,
    start,
    put,
    run: async (line) => {
      const before = { ...written };
      const code = await start(line).done;
      return { code, out: written.out.slice(before.out.length), err: written.err.slice(before.err.length) };
    },
  };
}

/** The server gives uids and keeps status apart, so owners are found by name and status is written after. */
function createPut(kube: Kube): CliWorld['put'] {
  const uids = new Map<string, string>();
  return async (object) => {
    const { apiVersion, kind: kindName, metadata } = object;
    const kind = await kube.resolve(apiVersion, kindName);
    if (kind === undefined) throw new Error(`${apiVersion} ${kindName} is not served`);
    const ownerReferences = metadata.ownerReferences?.map((owner) => ({
      ...owner,
      uid: uids.get(`${owner.kind}/${owner.name}`) ?? owner.uid,
    }));
    const owned = { ...object, metadata: { ...metadata, ...(ownerReferences && { ownerReferences }) } };
    const stored = await kube.create(kind, owned);
    uids.set(`${kindName}/${metadata.name}`, stored.metadata.uid ?? '');
    if (!('status' in object)) return;
    const key = { kind, name: metadata.name, ...(metadata.namespace && { namespace: metadata.namespace }) };
    const hasStatus = kindName !== kinds.analysisRun.kind && kindName !== kinds.experiment.kind;
    const body = { status: object.status };
    await kube.patch(key, { type: 'merge', body }, hasStatus ? { subresource: 'status' } : {});
  };
}

/** Lets the command do what it can at the present moment, its burst delay included. */
export async function letLook(world: CliWorld, ms = 60): Promise<void> {
  await settle();
  await world.clock.advance(ms);
  await settle();
}

function outputTo(write: (text: string) => void, terminal: CliWorldOptions['terminal']): Io['out'] {
  return { write, columns: terminal?.columns, rows: terminal?.rows };
}

const crds = renderCrds().map(({ text }) => {
  const parsed = parseYaml(text);
  return parsed.ok ? parsed.value : undefined;
});
