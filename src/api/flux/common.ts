import { Type, type Static } from '@sinclair/typebox';
import { int64, stringMap, time } from '../schema/dialect.js';
import type { DeepReadonly } from '../schema/readonly.js';

/** A name in the same namespace. */
export const localNameSchema = Type.Object({ name: Type.String() });

/** A Go duration without signs: `30s`, `1h30m`. */
export const fluxDuration = (options: { default?: string } = {}) =>
  Type.String({ pattern: '^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$', ...options });

/** As {@link fluxDuration}, without hours: what the timeout of a source may be. */
export const fluxTimeout = (options: { default?: string } = {}) =>
  Type.String({ pattern: '^([0-9]+(\\.[0-9]+)?(ms|s|m))+$', ...options });

/** What a source has in store: a tarball, its revision and its digest (`<algorithm>:<hex>`). */
export const artifactSchema = Type.Object({
  path: Type.String(),
  url: Type.String(),
  revision: Type.String(),
  digest: Type.Optional(Type.String()),
  lastUpdateTime: time(),
  size: Type.Optional(int64()),
  metadata: Type.Optional(stringMap()),
});
export type Artifact = DeepReadonly<Static<typeof artifactSchema>>;
