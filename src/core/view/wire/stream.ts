import type { Row, Verb } from './list.js';
import type { Detail } from './detail.js';
import type { GitDetail, GitRef, GitRow } from './git.js';

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
  | { readonly type: 'gitRow'; readonly seq: number; readonly row: GitRow }
  | { readonly type: 'gitGone'; readonly seq: number; readonly ref: GitRef }
  | { readonly type: 'gitDetail'; readonly seq: number; readonly detail: GitDetail }
  | { readonly type: 'beat'; readonly now: number }
  | { readonly type: 'resync' };
