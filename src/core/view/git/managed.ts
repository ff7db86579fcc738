import type { Rollout } from '#api/argoproj/rollout.js';
import { kinds } from '#api/kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { healthOf } from '#core/health/health.js';
import { isObject } from '#core/json/json.js';
import { groupOf } from '#core/kube/object.js';
import type { Instant } from '#core/time/instant.js';
import { viewInputOf } from '../view-input.js';
import { formatPercent } from '../words/format.js';
import { phaseOf } from '../words/phase.js';
import { weightOf } from '../facts/weight.js';
import type { KindCount, ManagedRollout, ManagedView } from '../wire/git.js';
import type { Mark } from '../wire/list.js';
import type { ManagedObject } from './git-input.js';

const marks: Readonly<Record<ReturnType<typeof healthOf>['status'], Mark>> = {
  Current: 'ok',
  InProgress: 'run',
  Failed: 'bad',
  Terminating: 'wait',
  NotFound: 'bad',
  Unknown: 'off',
};

/** Worst first. */
const order: readonly Mark[] = ['bad', 'undecided', 'wait', 'run', 'off', 'ok'];

/** An object of the inventory with its health; what nobody watches is unknown and never called healthy. */
export function managedView({ ref, object }: ManagedObject, now: Instant): ManagedView {
  const place = { kind: ref.kind, namespace: ref.namespace ?? '', name: ref.name };
  if (object === null) return { ...place, mark: 'off', state: 'Unknown', message: 'not watched here' };
  const { status, message } = healthOf(object, { now });
  const rollout = asRollout(object);
  const mark = rollout === undefined ? marks[status] : phaseOf(rollout).mark;
  return { ...place, mark, state: status, message: message.slice(0, 500) };
}

/** How many of each kind, and the worst of their states. */
export function countKinds(views: readonly ManagedView[]): readonly KindCount[] {
  const counts = new Map<string, KindCount>();
  for (const { kind, mark } of views) {
    const known = counts.get(kind) ?? { kind, count: 0, mark: 'ok' as const };
    counts.set(kind, { kind, count: known.count + 1, mark: worstOf([known.mark, mark]) });
  }
  return [...counts.values()];
}

/** The worst of some states; `ok` of none. */
export function worstOf(states: readonly Mark[]): Mark {
  return order.find((mark) => states.includes(mark)) ?? 'ok';
}

/** The Rollouts among the objects, in a few words. */
export function managedRollouts(objects: readonly ManagedObject[], now: Instant): readonly ManagedRollout[] {
  return objects.flatMap(({ object }) => {
    const rollout = asRollout(object);
    if (rollout === undefined) return [];
    const { phase, mark } = phaseOf(rollout);
    const weight = weightOf(viewInputOf({ rollout, now }));
    const isMoving = phase === 'Progressing' || phase === 'Paused';
    const share = weight === null || !isMoving ? '' : ` ${formatPercent(weight.wanted)}`;
    const { namespace = '', name } = rollout.metadata;
    return [{ namespace, name, mark, text: `${phase}${share}` }];
  });
}

/** The object as a Rollout, when it is one. */
export function asRollout(object: UnknownObject | undefined | null): Rollout | undefined {
  return object !== undefined && object !== null && isRollout(object) ? object : undefined;
}

function isRollout(object: UnknownObject): object is UnknownObject & Rollout {
  const isOurs = groupOf(object.apiVersion) === kinds.rollout.group && object.kind === kinds.rollout.kind;
  return isOurs && isObject(object['spec']);
}
