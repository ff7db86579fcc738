import { type Kind, kinds } from '#api/kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { isEqual } from '#core/json/json.js';
import { addMs } from '#core/time/instant.js';
import { gitDetailOf, gitKinds } from '#core/view/git/git-detail.js';
import type { CommitFacts, GitDetailInput, GitInput, ManagedRelease } from '#core/view/git/git-input.js';
import { refOf, gitRowOf } from '#core/view/git/git-row.js';
import { trailOfRelease } from '#core/view/git/trail.js';
import type { GitDetail, GitRef, GitRow, GitVerb, Trail } from '#core/view/wire/git.js';
import type { Cache } from '#ports/cache.js';
import type { Changes } from '#ports/changes.js';
import type { Clock } from '#ports/clock.js';
import type { ChangeFeed } from './change-feed.js';
import type { LiveObjects } from './live-objects.js';
import type { RolloutKey } from './observe.js';
import * as git from './observe-git.js';

/** What the model lives on. */
export interface GitModelPorts {
  readonly cache: Cache;
  readonly changes: Changes;
  readonly clock: Clock;
  readonly live?: LiveObjects;
  readonly commitOf?: (sha: string) => CommitFacts | undefined;
}

/** What the model asks of the Rollouts of the page. */
export interface Releases {
  release(key: RolloutKey): ManagedRelease | undefined;
  /** A Rollout's detail may say something else now. */
  touch(key: RolloutKey): void;
}

/** The events of these kinds must be watched for drift and messages of commits. */
export const gitEventKinds: readonly Kind[] = gitKinds.filter((kind) => kind !== kinds.externalArtifact);

const flushMs = 100;
const sweepMs = 60_000;

/**
 * Sources and Kustomizations as rows and details. Everything comes from watches; while nobody looks at them, changes are
 * noted and nothing is worked out.
 */
export class GitModel {
  readonly #ports: GitModelPorts;
  readonly #feed: ChangeFeed;
  readonly #releases: Releases;
  readonly #rows = new Map<string, GitRow>();
  readonly #dirty = new Map<string, GitRef>();
  readonly #endings: (() => void)[] = [];
  #cancelFlush: (() => void) | undefined;
  #cancelSweep: (() => void) | undefined;
  #followers = 0;
  /** Nobody can have seen anything before the first picture. */
  #isFilled = false;

  constructor(ports: GitModelPorts, feed: ChangeFeed, releases: Releases) {
    this.#ports = ports;
    this.#feed = feed;
    this.#releases = releases;
    const { changes, live } = ports;
    for (const kind of gitKinds)
      this.#endings.push(changes.subscribe(kind, (object) => this.#objectChanged(object)));
    this.#endings.push(changes.subscribe(kinds.rollout, (object) => this.#mark(git.managerOf(object))));
    this.#endings.push(changes.subscribe(kinds.event, (event) => this.#mark(git.involvedOf(event))));
    const all = (): void => this.#markAll();
    const ending = live?.subscribe((object) => this.#mark(git.managerOf(object)), all);
    if (ending !== undefined) this.#endings.push(ending);
    this.#markAll();
  }

  /** Why nothing can be told; `null` when it can. A kind that is not served is no reason: then there are none. */
  refusal(): string | null {
    const refused = this.#ports.cache.refusalOf?.(kinds.kustomization);
    return refused === undefined ? null : refused.message;
  }

  /** Every row as of now, unsorted; `can` holds all verbs and is narrowed for each viewer. */
  rows(): readonly GitRow[] {
    this.#flush();
    return [...this.#rows.values()];
  }

  row(ref: GitRef): GitRow | undefined {
    this.#flush();
    return this.#rows.get(git.refText(ref));
  }

  /** What a source or Kustomization is connected with. */
  around(ref: GitRef): readonly GitRow[] {
    const own = this.row(ref);
    if (own === undefined) return [];
    const refs = [...(own.source === null ? [] : [own.source]), ...own.needs];
    return [...refs, ...git.usersOf(this.#ports.cache, ref)].flatMap((each) => this.row(each) ?? []);
  }

  /** One with all that its view draws; `undefined` when there is none. @param sees - whose Rollouts may be shown. */
  detail(
    ref: GitRef,
    may: { readonly can: readonly GitVerb[]; readonly sees: (namespace: string) => boolean },
    around: readonly GitRow[],
  ): GitDetail | undefined {
    const input = this.#observe(ref);
    if (input === undefined) return undefined;
    const releases = git
      .rolloutKeysOf(input)
      .filter(({ namespace }) => may.sees(namespace))
      .flatMap((key) => this.#releases.release(key) ?? []);
    return gitDetailOf(this.#withReleases(input, releases), around, may.can);
  }

  /** The way of the commit that began a release; `null` when no Kustomization manages the Rollout. */
  trailOf(release: ManagedRelease): Trail | null {
    const manager = git.managerOf(release.input.rollout);
    const input = manager === undefined ? undefined : this.#observe(manager);
    if (manager === undefined || input === undefined || gitIsSource(manager)) return null;
    return trailOfRelease(this.#withReleases(input, [release]), release);
  }

  /** From now on changes are published. @returns a function that ends it. */
  follow(): () => void {
    this.#followers += 1;
    if (this.#dirty.size > 0) this.#schedule();
    if (this.#followers === 1) this.#sweepLater();
    let isOpen = true;
    return () => {
      if (isOpen) this.#followers -= 1;
      isOpen = false;
      if (this.#followers === 0) this.#cancelSweep?.();
    };
  }

  /** Look at this one again soon, for instance after an act. */
  touch(ref: GitRef): void {
    this.#mark(ref);
  }

  close(): void {
    for (const end of this.#endings) end();
    this.#cancelFlush?.();
    this.#cancelSweep?.();
  }

  #observe(ref: GitRef): GitInput | undefined {
    const { cache, live, clock } = this.#ports;
    return git.observeGit(cache, live, ref, clock.now());
  }

  #withReleases(input: GitInput, releases: readonly ManagedRelease[]): GitDetailInput {
    const { cache, commitOf = () => undefined } = this.#ports;
    const sourceEvents = git.eventsOf(cache, input.source ?? input.object);
    return { ...input, sourceEvents, releases, commitOf };
  }

  #objectChanged(object: UnknownObject): void {
    const ref = refOf(object);
    this.#mark(ref);
    // A new revision of a source is news for those who have not applied it.
    if (gitIsSource(ref)) for (const user of git.usersOf(this.#ports.cache, ref)) this.#mark(user);
  }

  #markAll(): void {
    for (const ref of git.listGit(this.#ports.cache)) this.#mark(ref);
  }

  #mark(ref: GitRef | undefined): void {
    if (ref === undefined) return;
    this.#dirty.set(git.refText(ref), ref);
    if (this.#followers > 0) this.#schedule();
  }

  #schedule(): void {
    const { clock } = this.#ports;
    this.#cancelFlush ??= clock.schedule(addMs(clock.now(), flushMs), () => this.#flush());
  }

  #flush(): void {
    this.#cancelFlush?.();
    this.#cancelFlush = undefined;
    const refs = [...this.#dirty.values()];
    this.#dirty.clear();
    for (const ref of refs) this.#refresh(ref);
    this.#isFilled = true;
  }

  #refresh(ref: GitRef): void {
    const text = git.refText(ref);
    const before = this.#rows.get(text);
    const input = this.#observe(ref);
    if (input === undefined) {
      this.#rows.delete(text);
      if (before === undefined) return;
      this.#feed.publish({ about: 'git', key: ref, row: undefined, isRowChanged: true });
      return;
    }
    const row = gitRowOf(input);
    this.#rows.set(text, row);
    if (!this.#isFilled) return;
    this.#feed.publish({ about: 'git', key: ref, row, isRowChanged: !isEqual(before, row) });
    for (const key of git.rolloutKeysOf(input)) if (before?.commit !== row.commit) this.#releases.touch(key);
  }

  /** What was drift of the last hour is not any more some time later. */
  #sweepLater(): void {
    const { clock } = this.#ports;
    this.#cancelSweep = clock.schedule(addMs(clock.now(), sweepMs), () => {
      for (const row of this.#rows.values()) if (row.drift > 0) this.#mark(row);
      this.#sweepLater();
    });
  }
}

function gitIsSource({ kind }: GitRef): boolean {
  return kind !== kinds.kustomization.kind;
}
