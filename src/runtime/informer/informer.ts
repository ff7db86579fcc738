import type { Kind } from '#api/kinds.js';
import type { KubeObject, LabelSelector, UnknownObject } from '#api/k8s/meta.js';
import { deepFreeze } from '#core/json/json.js';
import { matchesSelector, parseSelector } from '#core/kube/selector.js';
import { instantOf } from '#core/time/instant.js';
import type { CacheQuery } from '#ports/cache.js';
import type { Clock } from '#ports/clock.js';
import { AppError, toAppError } from '#ports/errors.js';
import type { Kube } from '#ports/kube.js';
import { ObjectStore, type StoreChange } from './object-store.js';
import {
  beginWatch,
  stepWatch,
  type WatchEffect,
  type WatchInput,
  type WatchState,
  type WatchStep,
} from './watch-state.js';

export interface InformerOptions {
  readonly kube: Kube;
  readonly clock: Clock;
  readonly kind: Kind;
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Only the object of this name. */
  readonly name?: string;
  readonly metadataOnly?: boolean;
  readonly optional?: boolean;
  /** What is kept of each object; default everything but managedFields. */
  readonly project?: (object: UnknownObject) => KubeObject;
  /** After each change, when the store already shows it. A throw is reported as an error of ours and goes no further. */
  readonly onChange: (change: StoreChange) => void;
  /** The cache has become complete, or the kind turned out not to be served. May happen again. */
  readonly onSync?: () => void;
  /** A list or watch failed and will be tried again. */
  readonly onError?: (error: AppError) => void;
  /** Between 0 and 1; default Math.random. */
  readonly random?: () => number;
}

/** Groups of which the API server raises `metadata.generation` with every change of a spec. */
const countedGroups: ReadonlySet<string> = new Set(['apps', 'argoproj.io']);

/** A live copy of the objects of one kind: one list, then one watch, for as long as it runs. */
export class Informer {
  readonly kind: Kind;
  readonly #options: InformerOptions;
  #isOptional: boolean;
  readonly #store = new ObjectStore();
  readonly #selector: LabelSelector | undefined;
  #state: WatchState = { phase: 'stopped' };
  #hasSynced = false;
  #refusal: AppError | undefined;
  #stream: AbortController | undefined;
  #cancelTimer: (() => void) | undefined;
  #timerAt: number | undefined;

  constructor(options: InformerOptions) {
    this.#options = options;
    this.#isOptional = options.optional ?? false;
    this.kind = options.kind;
    this.#selector = parseSelector(options.labelSelector ?? '');
  }

  start(): void {
    if (this.#state.phase === 'stopped') this.#enter(beginWatch());
  }

  stop(): void {
    this.#feed({ type: 'stop' });
  }

  /** The kind has to be served from now on: somebody cannot do without it. */
  require(): void {
    this.#isOptional = false;
  }

  /** Whether an object that is not here did not exist at some moment since the start. */
  hasSynced(): boolean {
    return this.#hasSynced;
  }

  /** The API server did not serve the kind when it was last asked. */
  isAbsent(): boolean {
    return this.#state.phase === 'absent';
  }

  /** Why the objects could not be read when they were last asked for: no right to, or a kind that must be served is not. */
  refusal(): AppError | undefined {
    return this.#refusal;
  }

  /** The API server did not serve the kind when it was last asked, whether or not it has to. */
  isMissing(): boolean {
    return this.isAbsent() || this.#refusal?.code === 'KubeNoSuchKind';
  }

  /** Looks again at once for a kind that was not served. */
  retryAbsent(): void {
    this.#feed({ type: 'retry' });
  }

  get(namespace: string | undefined, name: string): UnknownObject | undefined {
    return this.#store.get(namespace, name);
  }

  list(query: CacheQuery): readonly UnknownObject[] {
    return this.#store.list(query);
  }

  get size(): number {
    return this.#store.size;
  }

  /** Shows the outcome of an own write until the watch delivers it or something newer. */
  wrote(object: UnknownObject): void {
    if (this.#state.phase === 'absent') return;
    this.#tell(this.#store.wrote(this.#keep(object), this.#isSelected(object)));
  }

  /** Hides an object that an own deletion has removed. */
  wroteRemoval(namespace: string | undefined, name: string, uid: string): void {
    this.#tell(this.#store.wroteRemoval(namespace, name, uid));
  }

  #feed(input: WatchInput): void {
    const random = (this.#options.random ?? Math.random)();
    const context = { now: this.#options.clock.now(), random, optional: this.#isOptional };
    this.#enter(stepWatch(this.#state, input, context));
  }

  #enter(step: WatchStep): void {
    this.#state = step.state;
    this.#setTimer();
    for (const effect of step.effects) this.#perform(effect);
  }

  #setTimer(): void {
    const { clock } = this.#options;
    const at = momentOf(this.#state);
    if (at === this.#timerAt) return;
    this.#timerAt = at;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (at !== undefined) this.#cancelTimer = clock.schedule(instantOf(at), () => this.#due());
  }

  #due(): void {
    this.#timerAt = undefined;
    this.#feed({ type: 'due' });
  }

  #perform(effect: WatchEffect): void {
    switch (effect.do) {
      case 'list':
        void this.#list(effect.continue);
        return;
      case 'watch':
        void this.#watch(effect.version, effect.timeoutSeconds);
        return;
      case 'cut':
        this.#stream?.abort();
        this.#stream = undefined;
        return;
      case 'beginList':
        this.#store.beginList();
        return;
      case 'store':
        for (const object of effect.objects) this.#tell(this.#store.listed(this.#keep(object)));
        return;
      case 'endList':
        for (const change of this.#store.endList(effect.version)) this.#tell(change);
        this.#synced();
        return;
      case 'apply':
        this.#tell(
          effect.type === 'DELETED'
            ? this.#store.removed(effect.object)
            : this.#store.delivered(this.#keep(effect.object)),
        );
        return;
      case 'progress':
        this.#store.progressed(effect.version);
        return;
      case 'clear':
        for (const change of this.#store.clear()) this.#tell(change);
        this.#synced();
        return;
    }
  }

  async #list(continueAt: string | undefined): Promise<void> {
    const { kube } = this.#options;
    try {
      const page = await kube.list(this.kind, {
        ...this.#scope(),
        ...(continueAt === undefined ? {} : { continue: continueAt }),
      });
      this.#feed({ type: 'page', page });
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  async #watch(version: string, timeoutSeconds: number): Promise<void> {
    const stream = new AbortController();
    this.#stream = stream;
    const isCurrent = () => this.#stream === stream && !stream.signal.aborted;
    const options = { ...this.#scope(), resourceVersion: version, timeoutSeconds, signal: stream.signal };
    try {
      for await (const event of this.#options.kube.watch(this.kind, options)) {
        if (!isCurrent()) return;
        // A stream that delivers is one that was allowed.
        if (event.type !== 'ERROR' && this.#refusal !== undefined) this.#synced();
        this.#feed({ type: 'event', event });
      }
      if (isCurrent()) this.#feed({ type: 'ended' });
    } catch (thrown) {
      if (isCurrent()) this.#fail(thrown);
    }
  }

  #fail(thrown: unknown): void {
    if (this.#state.phase === 'stopped') return;
    const error = toAppError(thrown);
    this.#feed({ type: 'failed', error });
    if (!this.isAbsent()) this.#refusal = refusalBy(error, this.kind) ?? this.#refusal;
    if (!this.isAbsent()) this.#options.onError?.(error);
  }

  #scope() {
    const { namespace, labelSelector, fieldSelector, name, metadataOnly } = this.#options;
    return {
      ...(namespace === undefined || !this.kind.namespaced ? {} : { namespace }),
      ...(labelSelector === undefined ? {} : { labelSelector }),
      ...(fieldSelector === undefined ? {} : { fieldSelector }),
      ...(name === undefined ? {} : { fieldSelector: `metadata.name=${name}` }),
      ...(metadataOnly === true ? { metadataOnly } : {}),
    };
  }

  #synced(): void {
    this.#hasSynced = true;
    this.#refusal = undefined;
    this.#options.onSync?.();
  }

  #tell(change: StoreChange | undefined): void {
    if (change === undefined) return;
    try {
      this.#options.onChange(change);
    } catch (thrown) {
      // A fault in one handler must not end the watch for all others.
      this.#options.onError?.(toAppError(thrown));
    }
  }

  #keep(object: UnknownObject): UnknownObject {
    return deepFreeze(this.#shareSpec(this.#partOf(object)));
  }

  /** One spec for all versions of an object between which it did not change: what is known of it stays known. */
  #shareSpec(object: UnknownObject): UnknownObject {
    if (!countedGroups.has(this.kind.group)) return object;
    const { namespace, name, uid, generation } = object.metadata;
    const known = this.#store.get(namespace, name);
    const isSame = generation !== undefined && known?.metadata.generation === generation;
    if (!isSame || known.metadata.uid !== uid || known['spec'] === undefined) return object;
    return { ...object, spec: known['spec'] };
  }

  #partOf(object: UnknownObject): UnknownObject {
    const { managedFields: _dropped, ...metadata } = object.metadata;
    const { apiVersion, kind } = object;
    const kept =
      this.#options.metadataOnly === true ? { apiVersion, kind, metadata } : { ...object, metadata };
    return { ...(this.#options.project?.(kept) ?? kept) };
  }

  #isSelected(object: UnknownObject): boolean {
    const { namespace, labelSelector, name } = this.#options;
    if (name !== undefined && object.metadata.name !== name) return false;
    if (namespace !== undefined && this.kind.namespaced && object.metadata.namespace !== namespace)
      return false;
    return labelSelector === undefined || matchesSelector(this.#selector, object.metadata.labels);
  }
}

/** The refusal that a failed list or watch is; a server that knows nothing of a group says no more than 404. */
function refusalBy(error: AppError, { plural, group }: Kind): AppError | undefined {
  if (error.class === 'Denied') return error;
  if (error.code !== 'KubeNoSuchKind') return undefined;
  const name = group === '' ? plural : `${plural}.${group}`;
  return new AppError('KubeNoSuchKind', `${name} is not served by the API server: apply its definition`, {
    cause: error,
  });
}

function momentOf(state: WatchState): number | undefined {
  if (state.phase === 'waiting') return state.until;
  return state.phase === 'watching' ? state.deadline : undefined;
}
