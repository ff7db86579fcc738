import { labels } from '#api/argoproj/words.js';
import { kinds } from '#api/kinds.js';
import type { ControllerDefinition, Watch } from '#runtime/controller/definition.js';

/** The label that assigns an object to one of several controllers. */
const instanceLabel = labels.controllerInstanceId;

/** The kinds that carry it; Services and ReplicaSets do not. */
const assigned: ReadonlySet<string> = new Set(
  [
    kinds.rollout,
    kinds.experiment,
    kinds.analysisRun,
    kinds.analysisTemplate,
    kinds.clusterAnalysisTemplate,
  ].map(({ kind }) => kind),
);

/** The selector that this instance sees a kind through: its own objects, or those of nobody for `''`. */
export function instanceSelector(kind: string, instanceId: string): string | undefined {
  if (!assigned.has(kind)) return undefined;
  return instanceId === '' ? `!${instanceLabel}` : `${instanceLabel}=${instanceId}`;
}

/** The same controller, which sees only objects of this instance. */
export function ofInstance(definition: ControllerDefinition, instanceId: string): ControllerDefinition {
  return { ...definition, watches: definition.watches.map((watch) => narrowed(watch, instanceId)) };
}

function narrowed(watch: Watch, instanceId: string): Watch {
  const selector = instanceSelector(watch.kind.kind, instanceId);
  if (selector === undefined) return watch;
  const labelSelector = watch.labelSelector === undefined ? selector : `${watch.labelSelector},${selector}`;
  return { ...watch, labelSelector };
}
