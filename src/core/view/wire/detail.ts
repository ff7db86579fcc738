import type { Phrase } from '../words/format.js';
import type { Mark, Row, Verb } from './list.js';
import type { GateView } from './gate.js';
import type { Trail } from './git.js';

export type BlockState = 'done' | 'current' | 'future' | 'skipped' | 'failed' | 'undone';

export type StepGlyph =
  | 'weight'
  | 'pause'
  | 'hold'
  | 'scale'
  | 'analysis'
  | 'experiment'
  | 'header'
  | 'mirror'
  | 'plugin'
  | 'pods'
  | 'switch'
  | 'start';

/** One box of the ladder: a weight and the pause or analysis behind it, or a step on its own. */
export interface Block {
  /** API indexes of its steps, from and to (inclusive). */
  readonly from: number;
  readonly to: number;
  readonly glyphs: readonly StepGlyph[];
  readonly label: string;
  readonly state: BlockState;
  /** The share of time or measurements that is done; `null`: not measurable. */
  readonly progress: number | null;
  readonly note: Phrase;
  /** Weight that holds when the block is reached; `null`: it does not set one. */
  readonly weight: number | null;
  readonly plannedMs: number | null;
  /** Ends only by a person. */
  readonly endless: boolean;
  readonly since: number | null;
  readonly until: number | null;
  readonly actor: string | null;
}

/** One link of the waiting chain; the last one is the cause. */
export interface ChainLink {
  readonly what: string;
  readonly object: string | null;
  readonly since: number | null;
  readonly until: number | null;
  /** Who ends it: `time`, `a person`, `the pods`, `the router`, `the gate`, … */
  readonly by: string;
}

export interface PodView {
  readonly name: string;
  readonly mark: Mark;
  readonly state: string;
  readonly node: string;
  readonly restarts: number;
  readonly since: number | null;
}

export interface RevisionView {
  readonly revision: number;
  readonly hash: string;
  readonly replicaSet: string;
  readonly role: 'stable' | 'canary' | 'older' | 'active' | 'preview';
  readonly image: string;
  readonly desired: number;
  readonly ready: number;
  readonly total: number;
  /** When its pods leave by a delayed scale-down. */
  readonly scaleDownAt: number | null;
  readonly createdAt: number | null;
  readonly pods: readonly PodView[];
}

export interface ConditionView {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
  readonly since: number | null;
}

export interface EventView {
  readonly key: string;
  readonly at: number;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  /** The person, when it records an act. */
  readonly actor: string | null;
}

/** A button with everything that its dialog says. */
export interface ActionView<V extends string = Verb> {
  readonly verb: V;
  readonly key: string;
  readonly label: string;
  /** 0 at once, 1 asks once, 2 asks in a dialog that focuses Cancel. */
  readonly level: 0 | 1 | 2;
  readonly title: string;
  readonly text: string;
  readonly wayBack: string;
  readonly confirm: string;
  readonly asksReason: boolean;
  /** Why it cannot be pressed now; `null`: it can. */
  readonly disabled: string | null;
}

/** From this moment these values held. `revision` names the row of the newest revision. */
export interface LedgerPoint {
  readonly at: number;
  readonly step: number | null;
  readonly wanted: number | null;
  readonly observed: number | null;
  readonly stable: number;
  readonly canary: number;
  readonly older: number;
  readonly desired: number;
}

export interface Timeline {
  readonly points: readonly LedgerPoint[];
  /** Points before this moment were put together from status and events. */
  readonly rebuiltUntil: number | null;
  readonly startedAt: number | null;
}

export interface FactView {
  readonly label: string;
  readonly value: string;
}

export interface SwitchView {
  readonly active: { readonly service: string; readonly hash: string; readonly revision: number | null };
  readonly preview: {
    readonly service: string;
    readonly hash: string;
    readonly revision: number | null;
  } | null;
}

/** Everything of one Rollout that the rollout view draws. */
export interface Detail {
  readonly row: Row;
  readonly fromRevision: number | null;
  readonly fromImage: string | null;
  readonly blocks: readonly Block[];
  readonly chain: readonly ChainLink[];
  readonly timeline: Timeline;
  readonly revisions: readonly RevisionView[];
  readonly gates: readonly GateView[];
  readonly conditions: readonly ConditionView[];
  readonly events: readonly EventView[];
  readonly actions: readonly ActionView[];
  readonly facts: readonly FactView[];
  readonly switches: SwitchView | null;
  readonly isBehind: string | null;
  /** The way of the commit that started its newest release; `null` when no Kustomization manages it. */
  readonly trail: Trail | null;
}
