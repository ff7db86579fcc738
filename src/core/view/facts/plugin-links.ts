import type { Rollout } from '#api/argoproj/rollout.js';
import { rolloutConditions } from '#api/argoproj/words.js';
import { parseGoDuration } from '#core/time/duration.js';
import { parseInstant } from '#core/time/instant.js';
import type { ChainLink } from '../wire/detail.js';

/** What the plugin of a step says, or why it cannot be asked; nothing before its first answer. */
export function pluginLinks({ status }: Rollout, index: number): readonly ChainLink[] {
  const trouble = status?.conditions?.find(({ type }) => type === rolloutConditions.pluginUnavailable);
  if (trouble !== undefined) {
    const since = parseInstant(trouble.lastTransitionTime) ?? null;
    return [{ what: trouble.message ?? '', object: null, since, until: null, by: 'a person' }];
  }
  const run = status?.canary?.stepPluginStatuses?.find(
    (entry) => entry.index === index && entry.operation === 'Run',
  );
  if (run?.executions === undefined) return [];
  const said = run.message === undefined ? '' : `: ${run.message}`;
  const askedAt = parseInstant(run.updatedAt);
  const againMs = parseGoDuration(run.backoff ?? '');
  return [
    {
      what: `the plugin says ${run.phase ?? ''}${said}`,
      object: null,
      since: parseInstant(run.startedAt) ?? null,
      until: askedAt === undefined || againMs === undefined ? null : askedAt + againMs,
      by: 'the gate',
    },
  ];
}
