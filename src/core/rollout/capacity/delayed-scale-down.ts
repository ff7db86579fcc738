import { annotations } from '#api/argoproj/words.js';
import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import { addMs, formatInstant, instantOf, parseInstant } from '#core/time/instant.js';
import { act, waitFor, type Draft } from '../draft.js';
import type { Facts } from '../facts.js';
import { objectName } from '../traffic/waits.js';
import { scaleTo, setDeadline } from './scale.js';

/** How a ReplicaSet that gets no requests any more goes away. */
export interface ScaleDownRule {
  /** Seconds after the moment at which it could go; `undefined`: never. */
  readonly delaySeconds: number | undefined;
  /** Pods that it has until then. */
  readonly keep: number;
  /** Pods that it may have in the end; more than 0 while availability needs some. */
  readonly rest: number;
}

/**
 * Dates a ReplicaSet when it may go, keeps its size until then, and scales it when the time has come. A delay of 0 is
 * a delay: it goes at once. The deadline is an annotation, so that a restart does not begin it anew.
 */
export function scaleDownLater(facts: Facts, draft: Draft, rs: ReplicaSet, rule: ScaleDownRule): Draft {
  if (rule.delaySeconds === undefined) return act(draft, ...scaleTo(facts, rs, rule.keep));
  const noted = parseInstant(rs.metadata.annotations?.[annotations.scaleDownDeadline]);
  if (noted === undefined && rule.delaySeconds > 0) {
    // Stored in whole seconds: rounded up, or the delay would be cut short.
    const deadline = instantOf(Math.ceil(addMs(facts.now, rule.delaySeconds * 1000) / 1000) * 1000);
    return act(draft, ...setDeadline(rs, formatInstant(deadline)), ...scaleTo(facts, rs, rule.keep));
  }
  if (noted === undefined || facts.now >= noted) return act(draft, ...scaleTo(facts, rs, rule.rest));
  return waitFor(act(draft, ...scaleTo(facts, rs, rule.keep)), {
    what: `the scale-down delay of ReplicaSet ${rs.metadata.name}`,
    object: objectName(facts, 'ReplicaSet', rs.metadata.name),
    until: noted,
    unblockedBy: 'time',
  });
}
