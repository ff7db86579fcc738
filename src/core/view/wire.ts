import type { Phrase } from './format.js';

/** The six states that have a shape, a colour and a word of their own. */
export type Mark = 'ok' | 'run' | 'wait' | 'bad' | 'undecided' | 'off';

/** What a person may do to a Rollout; also the verbs of its access review. */
export const verbs = [
  'promote',
  'promotefull',
  'abort',
  'retry',
  'pause',
  'resume',
  'restart',
  'undo',
] as const;
export type Verb = (typeof verbs)[number];

/** Wanted and seen share of the traffic of the newest revision, in percent. */
export interface WeightView {
  readonly wanted: number;
  /** `null`: nobody can tell yet. */
  readonly observed: number | null;
  /** `confirmed` by the router, only `written` to it, or the share of ready pods. */
  readonly by: 'confirmed' | 'written' | 'pods';
  /** When the wanted weight was written, while it is not confirmed. */
  readonly pendingSince: number | null;
}

export interface GateCounts {
  readonly pass: number;
  readonly fail: number;
  readonly undecided: number;
  readonly error: number;
}

/** How urgent an object is: 1 broken … 8 healthy, and since when. */
export interface Attention {
  readonly class: number;
  readonly since: number | null;
}

/** One line of the list. */
export interface Row {
  readonly kind: 'Rollout';
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly phase: string;
  readonly mark: Mark;
  readonly attention: Attention;
  /** The reason in a few words. */
  readonly reason: Phrase;
  readonly sentence: Phrase;
  readonly strategy: 'canary' | 'blueGreen' | 'none';
  /** Steps done and steps in all; `null` without steps. */
  readonly step: readonly [number, number] | null;
  /** One letter a block: `d`one, `c`urrent, `f`uture, `x` failed, `u`ndone, `s`kipped. */
  readonly ladder: string;
  readonly weight: WeightView | null;
  readonly replicas: { readonly desired: number; readonly ready: number; readonly updated: number };
  readonly gates: GateCounts;
  readonly revision: number;
  readonly image: string;
  readonly commit: string | null;
  readonly owner: string | null;
  readonly since: number | null;
  /** The one likely next action. */
  readonly next: Verb | null;
  readonly can: readonly Verb[];
}

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

/** A limit that can be drawn: `fails` names the side of the line on which a measurement does not pass. */
export interface Limit {
  readonly op: '<' | '<=' | '>' | '>=' | '==' | '!=';
  readonly value: number;
  readonly condition: 'success' | 'failure';
  readonly fails: 'above' | 'below' | 'on' | 'off';
}

export type Outcome = 'pass' | 'fail' | 'undecided' | 'error' | 'nodata' | 'pending';

export interface MeasurementView {
  readonly at: number;
  readonly outcome: Outcome;
  /** Its numbers, `null` for NaN and the infinities, which JSON does not have; empty when the value is none. */
  readonly values: readonly (number | null)[];
  readonly text: string;
  readonly message: string;
}

export interface MetricView {
  readonly name: string;
  readonly mark: Mark;
  readonly phase: string;
  readonly dryRun: boolean;
  readonly source: string;
  readonly query: string;
  readonly intervalMs: number | null;
  readonly planned: number | null;
  readonly counts: GateCounts;
  readonly measured: number;
  /** Failures that are tolerated; -1 is any number. */
  readonly failureLimit: number;
  readonly limits: readonly Limit[];
  /** A condition that is no line, in its own words. */
  readonly notALine: readonly string[];
  readonly conditions: readonly string[];
  readonly measurements: readonly MeasurementView[];
  readonly message: string;
  /** One sentence for readers that see no plot. */
  readonly sentence: string;
}

export interface GateView {
  readonly run: string;
  readonly kind: 'step' | 'background' | 'pre' | 'post' | 'other';
  readonly step: number | null;
  readonly mark: Mark;
  readonly phase: string;
  readonly message: string;
  readonly startedAt: number | null;
  readonly completedAt: number | null;
  readonly isCurrent: boolean;
  readonly metrics: readonly MetricView[];
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
export interface ActionView {
  readonly verb: Verb;
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
}

/** The last act of a person and its way back. */
export interface ActRequest {
  readonly verb: Verb;
  readonly object: { readonly namespace: string; readonly name: string };
  readonly uid: string;
  readonly resourceVersion: string;
  readonly step: number | null;
  readonly reason?: string;
  readonly requestId: string;
}

export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly requestId: string;
}

export interface RowsAnswer {
  readonly seq: number;
  readonly now: number;
  readonly rows: readonly Row[];
  /** Rows that the viewer may not see are counted only as a flag. */
  readonly hidden: boolean;
}

export interface DetailAnswer {
  readonly seq: number;
  readonly now: number;
  readonly detail: Detail;
}

/** What the stream carries; `beat` comes at least every 15 seconds. */
export type StreamMessage =
  | { readonly type: 'row'; readonly seq: number; readonly row: Row }
  | { readonly type: 'gone'; readonly seq: number; readonly namespace: string; readonly name: string }
  | { readonly type: 'detail'; readonly seq: number; readonly detail: Detail }
  | { readonly type: 'beat'; readonly now: number }
  | { readonly type: 'resync' };
