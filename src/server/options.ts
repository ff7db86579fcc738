import type { Wait } from '#core/decision/decision.js';
import type { CommitFacts } from '#core/view/git/git-input.js';
import type { Cache } from '#ports/cache.js';
import type { Changes } from '#ports/changes.js';
import type { Clock } from '#ports/clock.js';
import type { Kube } from '#ports/kube.js';
import type { Log } from '#ports/log.js';
import type { LiveObjects } from './model/live-objects.js';

/** Who may use the page. */
export type PageAuth =
  /** Whoever holds the key of this process; loopback only. */
  | { readonly mode: 'page-key'; readonly key: string; readonly user?: string }
  /** Whoever reaches it; loopback only, and a choice, never the default. */
  | { readonly mode: 'open'; readonly user?: string }
  /** Users of the cluster. `isTlsInFront`: something else ends TLS, so plain http here is meant. */
  | { readonly mode: 'token'; readonly isTlsInFront?: boolean };

export interface PageServerOptions {
  /**
   * Must watch {@link file://./model/observe.ts pageKinds} and gitKinds of core/view, and the events of
   * {@link file://./model/git-model.ts gitEventKinds}.
   */
  readonly cache: Cache;
  readonly changes: Changes;
  readonly kube: Kube;
  readonly clock: Clock;
  readonly log: Log;
  /** The folder that `buildPage` of src/ui wrote. */
  readonly assetsDir: string;
  readonly auth: PageAuth;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** 0: any free port. */
  readonly port: number;
  /** Whether the cache is complete; until then the API answers 503. Default: it is. */
  readonly isReady?: () => boolean;
  /** What the controller said about a Rollout in its last pass, when this process knows. */
  readonly waitsOf?: (key: { readonly namespace: string; readonly name: string }) => readonly Wait[];
  /** What watches show of the objects that Kustomizations manage. Default: of none but Rollouts. */
  readonly live?: LiveObjects;
  /** Author and message of a commit that a source of this process has fetched. */
  readonly commitOf?: (sha: string) => CommitFacts | undefined;
}
