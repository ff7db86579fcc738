import { applyMergePatch } from '#core/json/json.js';
import type { Schema } from '../schema/schema.js';

/** Applies a strategic merge patch. */
export function applyStrategicPatch(_schema: Schema, object: unknown, patch: unknown): unknown {
  return applyMergePatch(object, patch);
}
