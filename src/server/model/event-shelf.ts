import { kinds } from '#api/kinds.js';
import { instantOf } from '#core/time/instant.js';
import type { KubeEvent } from '#core/view/view-input.js';
import type { Clock } from '#ports/clock.js';
import { toAppError } from '#ports/errors.js';
import type { Kube } from '#ports/kube.js';
import type { Log } from '#ports/log.js';
import { keyText, type RolloutKey } from './observe.js';

const freshMs = 2000;

interface Shelf {
  events: readonly KubeEvent[];
  fetchedAt: number;
  isStale: boolean;
  isFetching: boolean;
  /** A look that came too early has asked for a later one. */
  isWaiting: boolean;
}

/**
 * Events of the Rollouts that somebody looks at. They are asked for only then, at most once in two seconds for each
 * Rollout, and only after it has changed: nobody looking means no request.
 */
export class EventShelf {
  readonly #shelves = new Map<string, Shelf>();
  readonly #around: { readonly kube: Kube; readonly clock: Clock; readonly log: Log };
  readonly #onChange: (key: RolloutKey) => void;

  constructor(
    around: { readonly kube: Kube; readonly clock: Clock; readonly log: Log },
    onChange: (key: RolloutKey) => void,
  ) {
    this.#around = around;
    this.#onChange = onChange;
  }

  /** The Rollout has changed, so there may be new events. */
  touch(key: RolloutKey): void {
    const shelf = this.#shelves.get(keyText(key));
    if (shelf !== undefined) shelf.isStale = true;
  }

  /** What is known now; asks for more in the background when that is due. */
  look(key: RolloutKey, uid: string): readonly KubeEvent[] {
    const shelf = this.#shelfOf(key);
    if (!shelf.isStale || shelf.isFetching) return shelf.events;
    const { clock } = this.#around;
    const due = instantOf(Math.max(shelf.fetchedAt + freshMs, clock.now()));
    if (due <= clock.now()) void this.#fetch(key, uid, shelf);
    else if (!shelf.isWaiting) {
      shelf.isWaiting = true;
      clock.schedule(due, () => {
        shelf.isWaiting = false;
        this.#onChange(key);
      });
    }
    return shelf.events;
  }

  /** Waits for the first answer, so that the first picture is complete. Never fails. */
  async load(key: RolloutKey, uid: string): Promise<void> {
    const shelf = this.#shelfOf(key);
    if (shelf.fetchedAt === Number.NEGATIVE_INFINITY) await this.#fetch(key, uid, shelf);
  }

  forget(key: string): void {
    this.#shelves.delete(key);
  }

  #shelfOf(key: RolloutKey): Shelf {
    const text = keyText(key);
    const known = this.#shelves.get(text);
    if (known !== undefined) return known;
    const shelf: Shelf = {
      events: [],
      fetchedAt: Number.NEGATIVE_INFINITY,
      isStale: true,
      isFetching: false,
      isWaiting: false,
    };
    this.#shelves.set(text, shelf);
    return shelf;
  }

  async #fetch(key: RolloutKey, uid: string, shelf: Shelf): Promise<void> {
    const { kube, clock, log } = this.#around;
    shelf.isFetching = true;
    shelf.isStale = false;
    shelf.fetchedAt = clock.now();
    try {
      const fieldSelector = `involvedObject.uid=${uid}`;
      const page = await kube.list<KubeEvent>(kinds.event, {
        namespace: key.namespace,
        fieldSelector,
        limit: 500,
      });
      const own = page.items.filter((event) => event.involvedObject?.uid === uid);
      const isNew = own.length !== shelf.events.length || newestVersion(own) !== newestVersion(shelf.events);
      shelf.events = own;
      if (isNew) this.#onChange(key);
    } catch (thrown) {
      // The page works without events; the panel stays as it was.
      log.debug('cannot list events', { object: keyText(key), error: toAppError(thrown).message });
    } finally {
      shelf.isFetching = false;
    }
  }
}

function newestVersion(events: readonly KubeEvent[]): string {
  return events.map((event) => `${event.metadata.uid}:${event.metadata.resourceVersion}`).join();
}
