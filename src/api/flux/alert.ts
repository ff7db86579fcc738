import { Type, type Static } from '@sinclair/typebox';
import type { KubeObject } from '../k8s/meta.js';
import { oneOf, stringMap } from '../schema/dialect.js';
import type { DeepReadonly } from '../schema/readonly.js';
import { localNameSchema } from './common.js';

const text = () => Type.Optional(Type.String());

/** Which objects are told about; `matchLabels` counts with the name `*`. */
export const eventSourceSchema = Type.Object({
  apiVersion: text(),
  kind: Type.String({ minLength: 1 }),
  name: Type.String({ minLength: 1, maxLength: 253 }),
  namespace: Type.Optional(Type.String({ minLength: 1, maxLength: 253 })),
  matchLabels: Type.Optional(stringMap()),
});
export type EventSource = DeepReadonly<Static<typeof eventSourceSchema>>;

export const alertSpecSchema = Type.Object({
  providerRef: localNameSchema,
  eventSeverity: Type.Optional(oneOf(['info', 'error'], { default: 'info' })),
  eventSources: Type.Array(eventSourceSchema),
  eventMetadata: Type.Optional(stringMap()),
  inclusionList: Type.Optional(Type.Array(Type.String())),
  exclusionList: Type.Optional(Type.Array(Type.String())),
  summary: Type.Optional(Type.String({ maxLength: 255 })),
  suspend: Type.Optional(Type.Boolean()),
});
export type AlertSpec = DeepReadonly<Static<typeof alertSpecSchema>>;

/** As in the peer, what is wrong with it shows in events: there is no status. */
export const alertSchema = Type.Object({ spec: alertSpecSchema });

export interface Alert extends KubeObject {
  readonly spec: AlertSpec;
}
