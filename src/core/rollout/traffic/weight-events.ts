import type { RolloutStatus, TrafficWeights } from '#api/argoproj/rollout.js';
import { rolloutEvents } from '#api/argoproj/words.js';
import type { EventRecord } from '#core/decision/decision.js';
import { isEqual } from '#core/json/json.js';

/** That other weights were written, in the peer's words. */
export function weightEvents(old: RolloutStatus, next: RolloutStatus): readonly EventRecord[] {
  const before = old.canary?.weights;
  const after = next.canary?.weights;
  if (after === undefined) return [];
  const { weight } = after.canary;
  const changes = [
    ...(before === undefined ? [`to ${weight}`] : []),
    ...(before !== undefined && before.canary.weight !== weight
      ? [`from ${before.canary.weight} to ${weight}`]
      : []),
    ...(before !== undefined && !isEqual(before.additional ?? [], after.additional ?? [])
      ? [`additional: ${describeExtra(after)}`]
      : []),
  ];
  if (changes.length === 0) return [];
  const message = `Traffic weight updated ${changes.join(', ')}`;
  return [{ type: 'Normal', reason: rolloutEvents.trafficWeightUpdated, message }];
}

/** As Go prints a list of structs: `[{5 web-exp 7c9}]`. */
function describeExtra({ additional = [] }: TrafficWeights): string {
  const all = additional.map(
    ({ weight, serviceName = '', podTemplateHash = '' }) => `{${weight} ${serviceName} ${podTemplateHash}}`,
  );
  return `[${all.join(' ')}]`;
}
