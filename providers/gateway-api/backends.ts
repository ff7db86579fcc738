import type { JsonObject } from '#core/json/json.js';
import { numberAt, objectsAt, textAt } from '#core/json/read.js';
import type { TrafficRequest } from '#core/traffic/request.js';

/** What an API server writes into a reference that says neither: written here too, so that what is read is what was written. */
export const toService = { group: '', kind: 'Service' };

/** A rule that names both Services: the release splits it. */
export function isSplit(request: TrafficRequest, rule: JsonObject): boolean {
  return (
    refTo(rule, request.canary.service) !== undefined && refTo(rule, request.stable.service) !== undefined
  );
}

/** The reference to a Service, which is what a reference without a kind means. */
export function refTo(rule: JsonObject, service: string): JsonObject | undefined {
  return objectsAt(rule, 'backendRefs').find((ref) => isService(ref) && textAt(ref, 'name') === service);
}

function isService(ref: JsonObject): boolean {
  return (textAt(ref, 'kind') ?? 'Service') === 'Service' && (textAt(ref, 'group') ?? '') === '';
}

/**
 * The rule with the wanted weights. Templates of experiments get references with the port of the canary; those that were
 * added before and are no longer wanted go; every other reference stays as it is.
 */
export function weighRule(
  request: TrafficRequest,
  addedBefore: readonly string[],
  rule: JsonObject,
): JsonObject {
  const canary = refTo(rule, request.canary.service);
  const stable = refTo(rule, request.stable.service);
  const extra = request.additional.reduce((sum, { weight }) => sum + weight, 0);
  const wanted = request.additional.map(({ service }) => service);
  const port = canary?.['port'];
  const kept = objectsAt(rule, 'backendRefs').flatMap((ref): readonly JsonObject[] => {
    if (ref === canary) return [{ ...ref, weight: request.canaryWeight }];
    if (ref === stable)
      return [{ ...ref, weight: Math.max(0, request.maxWeight - request.canaryWeight - extra) }];
    const name = textAt(ref, 'name') ?? '';
    return isService(ref) && (addedBefore.includes(name) || wanted.includes(name)) ? [] : [ref];
  });
  const added = request.additional.map(({ service, weight }) => {
    return { ...toService, name: service, ...(port === undefined ? {} : { port }), weight };
  });
  return { ...rule, backendRefs: [...kept, ...added] };
}

/** The weights as written; `undefined` while one is missing, which a gateway takes for 1. */
export function readRule(
  request: TrafficRequest,
  rule: JsonObject,
): { readonly canary: number; readonly stable: number } | undefined {
  const canary = numberAt(refTo(rule, request.canary.service), 'weight');
  const stable = numberAt(refTo(rule, request.stable.service), 'weight');
  return canary === undefined || stable === undefined ? undefined : { canary, stable };
}
