import { expect } from 'chai';
import type { Rollout, RolloutStatus } from '#api/argoproj/rollout.js';
import { pluginLinks } from './plugin-links.js';

const rollout = (status: RolloutStatus): Rollout => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: { name: 'web' },
  spec: {},
  status,
});
const startedAt = '2026-01-01T00:00:00Z';
const run = {
  index: 1,
  name: 'team/gate',
  operation: 'Run',
  phase: 'Running',
  message: '1 of 2 signed',
  startedAt,
  updatedAt: '2026-01-01T00:01:00Z',
  backoff: '30s',
};
const started = Date.parse(startedAt);

describe('why a step with a plugin does not go on', () => {
  it('is what the plugin said last, and when it is asked again', () => {
    const links = pluginLinks(rollout({ canary: { stepPluginStatuses: [{ ...run, executions: 2 }] } }), 1);
    expect(links).to.deep.equal([
      {
        what: 'the plugin says Running: 1 of 2 signed',
        object: null,
        since: started,
        until: started + 90_000,
        by: 'the gate',
      },
    ]);
  });

  it('is nothing before the first answer, and for other steps', () => {
    expect(pluginLinks(rollout({ canary: { stepPluginStatuses: [run] } }), 1)).to.deep.equal([]);
    const answered = rollout({ canary: { stepPluginStatuses: [{ ...run, executions: 1 }] } });
    expect(pluginLinks(answered, 0)).to.deep.equal([]);
  });

  it('is the trouble with the plugin, as long as there is some', () => {
    const message = 'Step Plugin 2 (team/gate): plugin team/gate: there is no file /gate';
    const condition = {
      type: 'PluginUnavailable',
      status: 'True',
      message,
      lastTransitionTime: startedAt,
    } as const;
    const links = pluginLinks(
      rollout({ conditions: [condition], canary: { stepPluginStatuses: [{ ...run, executions: 1 }] } }),
      1,
    );
    expect(links).to.deep.equal([
      { what: message, object: null, since: started, until: null, by: 'a person' },
    ]);
  });
});
