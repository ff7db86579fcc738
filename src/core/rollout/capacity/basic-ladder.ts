/** What a ReplicaSet has and shows. */
interface PodCounts {
  readonly spec: number;
  readonly available: number;
}

export interface BasicLadderInput {
  readonly replicas: number;
  readonly maxSurge: number;
  readonly maxUnavailable: number;
  /** `undefined` when there is no ReplicaSet of that role. */
  readonly canary: PodCounts | undefined;
  readonly stable: PodCounts | undefined;
  /** Everything else that the Rollout owns, summed. */
  readonly others: PodCounts;
  readonly target: { readonly canary: number; readonly stable: number };
}

/**
 * The next sizes of canary and stable on the way to the target: never more pods than `replicas + maxSurge`, never fewer
 * available ones than `replicas - maxUnavailable` by our doing. Repeating it with what is then observed ends at the target.
 */
export function basicLadder(input: BasicLadderInput): { readonly canary: number; readonly stable: number } {
  const grown = grow(input);
  if (input.others.spec > 0) return grown;
  return shrink(input, grown);
}

type Sizes = { readonly canary: number; readonly stable: number };

function grow({ replicas, maxSurge, canary, stable, others, target }: BasicLadderInput): Sizes {
  const have = { canary: canary?.spec ?? 0, stable: stable?.spec ?? 0 };
  const room = replicas + maxSurge - (others.spec + have.canary + have.stable);
  const toStable = Math.max(0, Math.min(room, target.stable - have.stable));
  const toCanary = Math.max(0, Math.min(room - toStable, target.canary - have.canary));
  return { canary: have.canary + toCanary, stable: have.stable + toStable };
}

/** Pods of a ReplicaSet that count towards availability. */
function contribution(pods: PodCounts | undefined, isKept: boolean): number {
  if (pods === undefined) return 0;
  return isKept || pods.spec < pods.available ? pods.spec : pods.available;
}

function shrink(input: BasicLadderInput, grown: Sizes): Sizes {
  const { replicas, maxUnavailable, canary, stable, target } = input;
  const minAvailable = replicas - maxUnavailable;
  const isCanaryGrowing = canary === undefined || target.canary >= canary.spec;
  const have = contribution(canary, !isCanaryGrowing) + contribution(stable, isCanaryGrowing);
  if (have <= minAvailable) return grown;
  const drop = have - minAvailable;
  return isCanaryGrowing
    ? drainStable(input, grown, drop, target.stable)
    : drainCanary(input, grown, drop, target.canary);
}

function drainStable(input: BasicLadderInput, grown: Sizes, drop: number, target: number): Sizes {
  const spec = input.stable?.spec ?? 0;
  const drained = spec <= target ? grown.stable : Math.max(target, spec - drop);
  const settled = adjust(input, drained, input.stable, grown.canary, input.canary);
  return { canary: settled.keep, stable: settled.drain };
}

function drainCanary(input: BasicLadderInput, grown: Sizes, drop: number, target: number): Sizes {
  const spec = input.canary?.spec ?? 0;
  const drained = spec <= target ? grown.canary : Math.max(target, spec - drop);
  const settled = adjust(input, drained, input.canary, grown.stable, input.stable);
  return { canary: settled.drain, stable: settled.keep };
}

/** Trims both sides to the surge bound and keeps ready pods of the growing side when availability would fall short. */
function adjust(
  { replicas, maxSurge, maxUnavailable }: BasicLadderInput,
  drainTarget: number,
  drainPods: PodCounts | undefined,
  keepTarget: number,
  keepPods: PodCounts | undefined,
): { readonly drain: number; readonly keep: number } {
  const most = replicas + maxSurge;
  const excess = (a: number, b: number) => Math.max(0, a + b - most);
  const drainAvailable = drainPods?.available ?? 0;
  const keepAvailable = keepPods?.available ?? 0;
  let keep = keepTarget - excess(keepTarget, drainTarget);
  const serving = Math.min(drainAvailable, drainTarget) + Math.min(keepAvailable, keep);
  const missing = Math.max(0, replicas - maxUnavailable - serving);
  keep += Math.min(Math.max(0, keepAvailable - keep), missing);
  return { keep, drain: Math.max(0, drainTarget - excess(keep, drainTarget)) };
}
