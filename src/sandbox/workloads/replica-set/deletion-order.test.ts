import { expect } from 'chai';
import type { Pod } from '#api/k8s/core-kinds.js';
import { byDeletionOrder } from './deletion-order.js';

interface Traits {
  readonly node?: boolean;
  readonly phase?: 'Pending' | 'Running';
  readonly readyAt?: string;
  readonly cost?: string;
  readonly restarts?: number;
  readonly createdAt?: string;
}

function pod(name: string, traits: Traits): Pod {
  const {
    node = true,
    phase = 'Running',
    readyAt,
    cost,
    restarts = 0,
    createdAt = '2026-01-01T00:00:00Z',
  } = traits;
  const annotations = cost === undefined ? {} : { 'controller.kubernetes.io/pod-deletion-cost': cost };
  const ready = { type: 'Ready', status: 'True' as const, lastTransitionTime: readyAt ?? '' };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, annotations, creationTimestamp: createdAt },
    spec: { containers: [], ...(node ? { nodeName: 'n' } : {}) },
    status: {
      phase,
      conditions: readyAt === undefined ? [] : [ready],
      containerStatuses: [{ restartCount: restarts }],
    },
  };
}

describe('order in which a ReplicaSet gives up pods', () => {
  const early = '2026-01-01T00:01:00Z';
  const late = '2026-01-01T00:02:00Z';
  const table: readonly [sentence: string, first: Traits, second: Traits][] = [
    ['without a node', { node: false, phase: 'Pending' }, { phase: 'Pending' }],
    ['pending', { phase: 'Pending' }, {}],
    ['not ready', {}, { readyAt: late }],
    ['cheap', { readyAt: early, cost: '-5' }, { readyAt: late }],
    ['ready for the shorter time', { readyAt: late }, { readyAt: early }],
    ['restarted more often', { restarts: 3 }, {}],
    ['newer', { createdAt: late }, { createdAt: early }],
  ];
  for (const [sentence, first, second] of table) {
    it(`first the one that is ${sentence}`, () => {
      const order = byDeletionOrder([pod('a', second), pod('b', first)]);
      expect(order.map(({ metadata }) => metadata.name)).to.deep.equal(['b', 'a']);
    });
  }
});
