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
import type { ManagedRelease } from '#core/view/git/git-input.js';
import type { Detail } from '#core/view/wire/detail.js';
import type { Trail } from '#core/view/wire/git.js';
import type { Row, Verb } from '#core/view/wire/list.js';
import type { Cache } from '#ports/cache.js';
import type { Changes } from '#ports/changes.js';
import type { Clock } from '#ports/clock.js';
import type { Kube } from '#ports/kube.js';
import type { Log } from '#ports/log.js';
import type { ChangeFeed } from './change-feed.js';
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

const flushMs = 100;
const sweepMs = 60_000;

/** The Rollouts of the page: rows, details, ledger; what changes goes into the feed. */
export class PageModel {
  readonly #ports: PageModelPorts;
  readonly #rows = new Map<string, Row>();
  readonly #dirty = new Map<string, RolloutKey>();
  readonly #ledger = new Ledger();
  readonly #shelf: EventShelf;
  readonly #feed: ChangeFeed;
  readonly #trailOf: (release: ManagedRelease) => Trail | null;
  readonly #endings: (() => void)[] = [];
  #cancelFlush: (() => void) | undefined;

  /** @param trailOf - the way of the commit that began a release, for its detail. */
  constructor(
    ports: PageModelPorts,
    feed: ChangeFeed,
    trailOf: (release: ManagedRelease) => Trail | null = () => null,
  ) {
    this.#ports = ports;
    this.#feed = feed;
    this.#trailOf = trailOf;
    this.#shelf = new EventShelf(ports, (key) => this.#mark(key));
    for (const kind of pageKinds)
      this.#endings.push(ports.changes.subscribe(kind, (object) => this.#markOwner(object)));
    for (const { metadata } of ports.cache.list<Rollout>(kinds.rollout))
      this.#refresh({ namespace: metadata.namespace ?? '', name: metadata.name });
    this.#scheduleSweep();
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
    const timeline = timelineOf(input, this.#ledger.points(keyText(key)));
    return detailOf(input, timeline, can, this.#trailOf({ input, points: timeline.points }));
  }

  /** What the newest release of a Rollout left behind; `undefined` when there is none. */
  release(key: RolloutKey): ManagedRelease | undefined {
    const input = this.#observe(key, false);
    if (input === undefined) return undefined;
    return { input, points: timelineOf(input, this.#ledger.points(keyText(key))).points };
  }

  /** Fetches what the first detail needs. */
  async prepareDetail(key: RolloutKey): Promise<void> {
    const uid = this.row(key)?.uid;
    if (uid !== undefined) await this.#shelf.load(key, uid);
  }

  /** Look at this Rollout again soon, for instance after an act. */
  touch(key: RolloutKey): void {
    this.#mark(key);
  }

  close(): void {
    for (const end of this.#endings) end();
    this.#cancelFlush?.();
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
      if (before !== undefined)
        this.#feed.publish({ about: 'rollout', key, row: undefined, isRowChanged: true });
      return;
    }
    const row = rowOf(input);
    this.#ledger.note(text, input);
    this.#rows.set(text, row);
    this.#feed.publish({ about: 'rollout', key, row, isRowChanged: !isEqual(before, row) });
  }

  /** Urgency depends on time; nobody needs it while nobody looks. */
  #scheduleSweep(): void {
    const at: Instant = addMs(this.#ports.clock.now(), sweepMs);
    const cancel = this.#ports.clock.schedule(at, () => {
      this.#endings.splice(this.#endings.indexOf(cancel), 1);
      if (this.#feed.hasListeners)
        for (const row of this.#rows.values()) this.#mark({ namespace: row.namespace, name: row.name });
      this.#scheduleSweep();
    });
    this.#endings.push(cancel);
  }
}
