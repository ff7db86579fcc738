import type { CanaryStep } from '#api/argoproj/canary-step.js';
import type { PodTemplateSpec } from '#api/k8s/core-kinds.js';
import { rememberByObject } from '../json/remember.js';
import { canaryStepFields } from './canary-step-fields.js';
import { encodeGoList, encodeGoStruct } from './go-json.js';
import { podTemplateFields } from './pod-template-fields.js';

/**
 * The value of the label `rollouts-pod-template-hash` for a template, equal to the peer's since 1.9 on Kubernetes 0.34.
 * `collisionCount` only when the status has one: 0 gives another hash than none.
 */
export function podTemplateHash(template: PodTemplateSpec, collisionCount?: number): string {
  if (collisionCount === undefined) return plainHash(template);
  const bytes = [...bytesOf(template)];
  for (const shift of [0, 8, 16, 24]) bytes.push((collisionCount >>> shift) & 255);
  bytes.push(0, 0, 0, 0);
  return safeEncode(fnv1a32(bytes));
}

function bytesOf(template: PodTemplateSpec): Uint8Array {
  return new TextEncoder().encode(encodeGoStruct(podTemplateFields, 'PodTemplateSpec', template));
}

/** Asked for in every pass. */
const plainHash = rememberByObject((template: PodTemplateSpec) =>
  safeEncode(fnv1a32([...bytesOf(template)])),
);

/** `status.currentStepHash` of the steps of a canary; absent steps have a hash of their own. */
export function stepsHash(steps: readonly CanaryStep[] | undefined): string {
  return safeEncode(
    fnv1a32([...new TextEncoder().encode(encodeGoList(canaryStepFields, 'CanaryStep', steps))]),
  );
}

function fnv1a32(bytes: readonly number[]): number {
  return bytes.reduce((hash, byte) => Math.imul(hash ^ byte, 16_777_619) >>> 0, 2_166_136_261);
}

/** Kubernetes' text for a hash: its decimal digits, each as a letter or digit that cannot spell a bad word. */
function safeEncode(hash: number): string {
  const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
  return String(hash).replace(/\d/g, (digit) => alphabet.charAt(digit.charCodeAt(0) % alphabet.length));
}
