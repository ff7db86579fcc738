import { expect } from 'chai';
import type { Pod } from '#api/k8s/core-kinds.js';
import { findTrouble } from './trouble.js';

function podOf(name: string, status: object): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'shop' },
    spec: { containers: [{ name: 'check', image: 'i' }] },
    status,
  };
}

const waiting = (reason: string, message?: string, list = 'containerStatuses'): Pod =>
  podOf('p', { [list]: [{ name: 'check', state: { waiting: { reason, message } } }] });

describe('what keeps the pod of a Job from its work', () => {
  for (const reason of ['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName']) {
    for (const list of ['containerStatuses', 'initContainerStatuses']) {
      it(`is hopeless with ${reason} in ${list}`, () => {
        expect(findTrouble([waiting(reason, 'no such image', list)])).to.deep.equal({
          isHopeless: true,
          message: `pod p: container check is waiting: ${reason}: no such image`,
        });
      });
    }
  }

  for (const [reason, message, expected] of [
    ['CrashLoopBackOff', undefined, 'pod p: container check is waiting: CrashLoopBackOff'],
    [
      'CreateContainerConfigError',
      'configmap "c" not found',
      'pod p: container check is waiting: CreateContainerConfigError: configmap "c" not found',
    ],
    ['RunContainerError', '', 'pod p: container check is waiting: RunContainerError'],
  ] as const) {
    it(`may pass with ${reason}`, () => {
      expect(findTrouble([waiting(reason, message)])).to.deep.equal({ isHopeless: false, message: expected });
    });
  }

  it('may pass when no node takes the pod', () => {
    const condition = {
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
      message: '0/3 nodes',
    };
    expect(findTrouble([podOf('p', { conditions: [condition] })])).to.deep.equal({
      isHopeless: false,
      message: 'pod p is on no node: 0/3 nodes',
    });
  });

  it('is nothing while containers begin, run or have ended', () => {
    for (const pod of [
      waiting('ContainerCreating'),
      waiting('PodInitializing'),
      podOf('p', { containerStatuses: [{ name: 'check', state: { running: {} } }] }),
      podOf('p', { containerStatuses: [{ name: 'check', state: { terminated: { exitCode: 1 } } }] }),
      podOf('p', {}),
    ]) {
      expect(findTrouble([pod])).to.equal(undefined);
    }
  });

  it('is that which no waiting helps against, if any of the pods has one', () => {
    const found = findTrouble([waiting('CrashLoopBackOff'), waiting('InvalidImageName')]);
    expect(found?.isHopeless).to.equal(true);
  });
});
