import { kinds } from '#api/kinds.js';
import type { Rollout } from '#api/argoproj/rollout.js';
import { isEqual } from '#core/json/json.js';
import { addMs, type Instant } from '#core/time/instant.js';
import type { Wait } from '#core/decision/decision.js';
import { waitsOfStatus } from '#core/rollout/why/lines.js';
import { detailOf } from '#core/view/detail.js';
import { rowOf } from '#core/view/row.js';
import { timelineOf } from '#core/view/facts/timeline.js';
import type { ViewInput } from '#core/view/view-input.js';
import type { Detail } from '#core/view/wire/detail.js';
import type { Row, Verb } from '#core/view/wire/list.js';
import type { Cache } from '#ports/cache.js';
import type { Changes } from '#ports/changes.js';
import type { Clock } from '#ports/clock.js';
import type { Kube } from '#ports/kube.js';
import type { Log } from '#ports/log.js';
import { EventShelf } from './event-shelf.js';
import { Ledger } from './ledger.js';
import { keyText, observeRollout, pageKinds, rolloutKeyOf, type RolloutKey } from './observe.js';

/** What the model lives on. */
export interface PageModelPorts {
  readonly cache: Cache;
  readonly changes: Changes;
  readonly kube: Kube;
  readonly clock: Clock;
  readonly log: Log;
  /** What the controller said about a Rollout in its last pass, when the process knows. */
  readonly waitsOf?: (key: RolloutKey) => readonly Wait[];
}

/** One change of the list or of a detail, numbered. */
export interface ModelChange {
  readonly seq: number;
  readonly key: RolloutKey;
  /** `undefined`: the Rollout is gone. */
  readonly row: Row | undefined;
  /** False when only the detail changed. */
  readonly isRowChanged: boolean;
}

const flushMs = 100;
const sweepMs = 60_000;
const remembered = 2000;

/** The state of the page: rows, details, ledger, and a numbered stream of what changed. */
export class PageModel {
  readonly #ports: PageModelPorts;
  readonly #rows = new Map<string, Row>();
  readonly #dirty = new Map<string, RolloutKey>();
  readonly #ledger = new Ledger();
  readonly #shelf: EventShelf;
  readonly #listeners = new Set<(change: ModelChange) => void>();
  readonly #recent: ModelChange[] = [];
  readonly #endings: (() => void)[] = [];
  #cancelFlush: (() => void) | undefined;
  #seq: number;

  constructor(ports: PageModelPorts) {
    this.#ports = ports;
    // Numbers go on growing over a restart, so that a page that comes back notices it.
    this.#seq = Math.floor(ports.clock.now());
    this.#shelf = new EventShelf(ports, (key) => this.#mark(key));
    for (const kind of pageKinds)
      this.#endings.push(ports.changes.subscribe(kind, (object) => this.#markOwner(object)));
    for (const { metadata } of ports.cache.list<Rollout>(kinds.rollout))
      this.#refresh({ namespace: metadata.namespace ?? '', name: metadata.name });
    this.#scheduleSweep();
  }

  get seq(): number {
    return this.#seq;
  }

  /** Every row as of now, unsorted; `can` holds all verbs and is narrowed for each viewer. */
  rows(): readonly Row[] {
    this.#flush();
    return [...this.#rows.values()];
  }

  row(key: RolloutKey): Row | undefined {
    return this.#rows.get(keyText(key));
  }

  /** The whole Rollout; `undefined` when there is none. */
  detail(key: RolloutKey, can: readonly Verb[]): Detail | undefined {
    const input = this.#observe(key, true);
    if (input === undefined) return undefined;
    return detailOf(input, timelineOf(input, this.#ledger.points(keyText(key))), can);
  }

  /** Fetches what the first detail needs. */
  async prepareDetail(key: RolloutKey): Promise<void> {
    const uid = this.row(key)?.uid;
    if (uid !== undefined) await this.#shelf.load(key, uid);
  }

  /** Everything after `since`, or `undefined` when it is too long ago or of another process. */
  changesSince(since: number): readonly ModelChange[] | undefined {
    if (since === this.#seq) return [];
    const oldest = this.#recent[0]?.seq;
    if (oldest === undefined || since < oldest - 1 || since > this.#seq) return undefined;
    return this.#recent.filter((change) => change.seq > since);
  }

  /** @returns a function that ends it. */
  subscribe(listener: (change: ModelChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Look at this Rollout again soon, for instance after an act. */
  touch(key: RolloutKey): void {
    this.#mark(key);
  }

  close(): void {
    for (const end of this.#endings) end();
    this.#cancelFlush?.();
    this.#listeners.clear();
  }

  #observe(key: RolloutKey, withEvents: boolean): ViewInput | undefined {
    const { cache, clock, waitsOf } = this.#ports;
    const rollout = cache.get<Rollout>(kinds.rollout, key.namespace, key.name);
    const uid = rollout?.metadata.uid;
    const events = withEvents && uid !== undefined ? this.#shelf.look(key, uid) : [];
    // Where another process drives the releases, what it waits for is read from the status.
    const said = waitsOf?.(key) ?? [];
    const waits = said.length > 0 ? said : waitsOfStatus(rollout?.status);
    return observeRollout(cache, key, { now: clock.now(), events, waits });
  }

  #markOwner(object: Parameters<typeof rolloutKeyOf>[0]): void {
    const key = rolloutKeyOf(object, this.#ports.cache);
    if (key === undefined) return;
    this.#shelf.touch(key);
    this.#mark(key);
  }

  #mark(key: RolloutKey): void {
    this.#dirty.set(keyText(key), key);
    if (this.#cancelFlush !== undefined) return;
    this.#cancelFlush = this.#ports.clock.schedule(addMs(this.#ports.clock.now(), flushMs), () =>
      this.#flush(),
    );
  }

  #flush(): void {
    this.#cancelFlush?.();
    this.#cancelFlush = undefined;
    const keys = [...this.#dirty.values()];
    this.#dirty.clear();
    for (const key of keys) this.#refresh(key);
  }

  #refresh(key: RolloutKey): void {
    const text = keyText(key);
    const before = this.#rows.get(text);
    const input = this.#observe(key, false);
    if (input === undefined) {
      this.#rows.delete(text);
      this.#ledger.forget(text);
      this.#shelf.forget(text);
      if (before !== undefined) this.#publish(key, undefined, true);
      return;
    }
    const row = rowOf(input);
    this.#ledger.note(text, input);
    this.#rows.set(text, row);
    this.#publish(key, row, !isEqual(before, row));
  }

  #publish(key: RolloutKey, row: Row | undefined, isRowChanged: boolean): void {
    this.#seq += 1;
    const change = { seq: this.#seq, key, row, isRowChanged };
    this.#recent.push(change);
    if (this.#recent.length > remembered) this.#recent.splice(0, this.#recent.length - remembered);
    for (const listener of this.#listeners) listener(change);
  }

  /** Urgency depends on time; nobody needs it while nobody looks. */
  #scheduleSweep(): void {
    const at: Instant = addMs(this.#ports.clock.now(), sweepMs);
    const cancel = this.#ports.clock.schedule(at, () => {
      this.#endings.splice(this.#endings.indexOf(cancel), 1);
      if (this.#listeners.size > 0)
        for (const row of this.#rows.values()) this.#mark({ namespace: row.namespace, name: row.name });
      this.#scheduleSweep();
    });
    this.#endings.push(cancel);
  }
}
