import type { UnknownObject } from '#api/k8s/meta.js';
import type { KindRules } from '../resource-type.js';
import { without } from '../write/metadata.js';

/** Fields that core events and those of events.k8s.io call by other names. */
const names = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
  ['reportingComponent', 'reportingController'],
] as const;

/** Events of events.k8s.io are the core events under other names. */
export const eventRules: KindRules = {
  fromStored: (event, apiVersion) => renamed(event, apiVersion, (core, other) => [core, other]),
  toStored: (event) => renamed(event, 'v1', (core, other) => [other, core]),
};

function renamed(
  event: UnknownObject,
  apiVersion: string,
  direction: (core: string, other: string) => readonly [from: string, to: string],
): UnknownObject {
  const moves = names.map(([core, other]) => direction(core, other));
  const moved = moves.flatMap(([from, to]) =>
    event[from] === undefined ? [] : [[to, event[from]] as const],
  );
  const rest = without(event, ...moves.map(([from]) => from));
  return { ...rest, apiVersion, ...Object.fromEntries(moved) };
}
