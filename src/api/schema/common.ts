import { Type } from '@sinclair/typebox';
import type { Condition, LabelSelector } from '../k8s/meta.js';
import { keepUnknown, stringMap } from './dialect.js';

/** A Kubernetes label selector. */
export const labelSelectorSchema = Type.Unsafe<LabelSelector>(
  Type.Object({
    matchLabels: Type.Optional(stringMap()),
    matchExpressions: Type.Optional(
      Type.Array(
        Type.Object({
          key: Type.String(),
          operator: Type.String(),
          values: Type.Optional(Type.Array(Type.String())),
        }),
      ),
    ),
  }),
);

/** A condition in a status; what else a peer wrote into it is kept. */
export const conditionSchema = Type.Unsafe<Condition>(
  Type.Object(
    {
      type: Type.String(),
      status: Type.String(),
      reason: Type.Optional(Type.String()),
      message: Type.Optional(Type.String()),
      lastTransitionTime: Type.Optional(Type.String({ format: 'date-time' })),
      lastUpdateTime: Type.Optional(Type.String({ format: 'date-time' })),
      observedGeneration: Type.Optional(Type.Integer({ format: 'int64' })),
    },
    keepUnknown,
  ),
);

/** Labels and annotations to be added to something. */
export const addedMetadataSchema = Type.Object({
  labels: Type.Optional(stringMap()),
  annotations: Type.Optional(stringMap()),
});
