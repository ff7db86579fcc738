import { Type } from '@sinclair/typebox';
import { conditionSchema } from '../schema/common.js';
import { keepUnknown } from '../schema/dialect.js';
import { artifactSchema } from './common.js';

const text = () => Type.Optional(Type.String());

/** An artifact that somebody else makes and writes into the status; `sourceRef` only tells what of. */
export const externalArtifactSchema = Type.Object({
  spec: Type.Optional(
    Type.Object({
      sourceRef: Type.Optional(
        Type.Object({ apiVersion: text(), kind: Type.String(), name: Type.String(), namespace: text() }),
      ),
    }),
  ),
  status: Type.Optional(
    Type.Object(
      {
        artifact: Type.Optional(artifactSchema),
        conditions: Type.Optional(Type.Array(conditionSchema)),
      },
      keepUnknown,
    ),
  ),
});
