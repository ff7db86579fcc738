import { Type } from '@sinclair/typebox';
import type { Condition, KubeObject } from '../k8s/meta.js';
import { conditionSchema } from '../schema/common.js';
import { int64, keepUnknown } from '../schema/dialect.js';
import { artifactSchema, type Artifact } from './common.js';

/** What the statuses of all sources have in common. */
export const sourceStatusFields = {
  conditions: Type.Optional(Type.Array(conditionSchema)),
  observedGeneration: Type.Optional(int64()),
  artifact: Type.Optional(artifactSchema),
  lastHandledReconcileAt: Type.Optional(Type.String()),
};

/** A status that says `observedGeneration: -1` until somebody has looked at the object. */
export const freshStatus = { default: { observedGeneration: -1 }, ...keepUnknown };

/** The fields that every source's status may have. */
export interface SourceStatus {
  readonly conditions?: readonly Condition[];
  readonly observedGeneration?: number;
  readonly artifact?: Artifact;
  readonly lastHandledReconcileAt?: string;
}

/** What every source that is reconciled has in common. */
export interface SourceObject<S extends SourceStatus = SourceStatus> extends KubeObject {
  readonly spec: {
    readonly interval: string;
    readonly timeout?: string;
    readonly suspend?: boolean;
  };
  readonly status?: S;
}
