import { expect } from 'chai';
import { assert, integer, property } from 'fast-check';
import type { ReplicaSet } from '#api/k8s/core-kinds.js';
import { planResize, planUpdate, sizeOf } from './scale.js';
import type { DeploymentSettings } from './strategy.js';

function set(name: string, replicas: number, available: number): ReplicaSet {
  const selector = {};
  const status = { replicas, availableReplicas: available };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name },
    spec: { replicas, selector },
    status,
  };
}

function settingsOf(replicas: number, maxSurge: number, maxUnavailable: number): DeploymentSettings {
  const rest = {
    minReadySeconds: 0,
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
    isPaused: false,
  };
  return { replicas, maxSurge, maxUnavailable, isRecreate: false, ...rest };
}

describe('sizes of a rolling update', () => {
  const count = integer({ min: 0, max: 6 });

  it('never exceed the surge, never take available pods below the bound, and end at the new template', () => {
    assert(
      property(integer({ min: 1, max: 12 }), count, count, (replicas, maxSurge, unavailable) => {
        const maxUnavailable = Math.min(replicas, maxSurge + unavailable === 0 ? 1 : unavailable);
        const settings = settingsOf(replicas, maxSurge, maxUnavailable);
        let fresh = set('new', 0, 0);
        let old = set('old', replicas, replicas);
        for (let step = 0; step < 100; step++) {
          const sizes = planUpdate({ settings, fresh, old: [old], hasOldPods: true });
          if (sizes.size === 0 && fresh.status?.availableReplicas === sizeOf(fresh)) break;
          const [freshSize, oldSize] = [sizes.get('new') ?? sizeOf(fresh), sizes.get('old') ?? sizeOf(old)];
          expect(freshSize + oldSize).to.be.at.most(replicas + maxSurge);
          const stillAvailable = Math.min(fresh.status?.availableReplicas ?? 0, freshSize) + oldSize;
          expect(stillAvailable).to.be.at.least(replicas - maxUnavailable);
          // Pods become available only when nothing else is left to do: the slowest cluster.
          fresh = set(
            'new',
            freshSize,
            sizes.size === 0 ? freshSize : (fresh.status?.availableReplicas ?? 0),
          );
          old = set('old', oldSize, oldSize);
        }
        expect([sizeOf(fresh), sizeOf(old)]).to.deep.equal([replicas, 0]);
      }),
    );
  });

  it('share a new number of replicas among the active ones by their sizes', () => {
    const settings = settingsOf(20, 0, 1);
    const sizes = planResize({
      settings,
      fresh: set('new', 4, 4),
      old: [set('old', 6, 6)],
      hasOldPods: true,
    });
    expect(Object.fromEntries(sizes)).to.deep.equal({ old: 12, new: 8 });
  });
});
