import { labels } from '#api/argoproj/words.js';
import { type Kind, kinds } from '#api/kinds.js';
import { parseSelector } from '#core/kube/selector.js';
import type { ControllerDefinition, Watch } from '#runtime/controller/definition.js';

/** The part of all objects that one controller process handles. */
export interface Shard {
  /** Only objects whose instance label has this value; default `''`: only those without the label. */
  readonly instanceId?: string;
  /** Of these only what this label selector matches, in the API's text form; default all. */
  readonly labelSelector?: string;
}

/** The label that assigns an object to one of several controllers. */
const instanceLabel = labels.controllerInstanceId;

/** The kinds of the peer that are worked on: both parts of a shard go by their labels. */
const worked: ReadonlySet<string> = new Set(
  [kinds.rollout, kinds.experiment, kinds.analysisRun].map(({ kind }) => kind),
);

/** Templates belong to an instance and are shared by its parts. Services and ReplicaSets carry no label of ours. */
const assigned: ReadonlySet<string> = new Set([
  ...worked,
  kinds.analysisTemplate.kind,
  kinds.clusterAnalysisTemplate.kind,
]);

/** The selector that this shard sees a kind through; `undefined` for what all shards see. */
export function shardSelector({ kind }: Pick<Kind, 'kind'>, shard: Shard): string | undefined {
  const { instanceId = '', labelSelector } = shard;
  if (!assigned.has(kind)) return undefined;
  const instance = instanceId === '' ? `!${instanceLabel}` : `${instanceLabel}=${instanceId}`;
  return labelSelector === undefined || !worked.has(kind) ? instance : `${labelSelector},${instance}`;
}

/** The same controller, which works on objects of this shard only. */
export function ofShard(definition: ControllerDefinition, shard: Shard): ControllerDefinition {
  const [driving, ...others] = definition.watches;
  if (driving === undefined) return definition;
  const watches = [drivingOf(driving, shard), ...others].map((watch) =>
    narrowed(watch, shardSelector(watch.kind, shard)),
  );
  return { ...definition, watches };
}

/** Labels that the objects made for one of this shard need, so that the shard sees them too. */
export function shardLabels({ labelSelector = '' }: Shard): readonly string[] {
  const { matchLabels = {}, matchExpressions = [] } = parseSelector(labelSelector) ?? {};
  return [...new Set([...Object.keys(matchLabels), ...matchExpressions.map(({ key }) => key)])];
}

/** Of the reconciler only the objects that a controller works on are parted; what they name may be anybody's. */
function drivingOf(watch: Watch, { labelSelector }: Shard): Watch {
  return watch.kind.group.endsWith('.toolkit.fluxcd.io') ? narrowed(watch, labelSelector) : watch;
}

function narrowed(watch: Watch, selector: string | undefined): Watch {
  if (selector === undefined) return watch;
  const labelSelector = watch.labelSelector === undefined ? selector : `${watch.labelSelector},${selector}`;
  return { ...watch, labelSelector };
}
