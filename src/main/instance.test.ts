import { expect } from 'chai';
import { instanceSelector } from './instance.js';

describe('what an instance of the controller sees (17)', () => {
  const label = 'argo-rollouts.argoproj.io/controller-instance-id';
  for (const kind of ['Rollout', 'Experiment', 'AnalysisRun', 'AnalysisTemplate', 'ClusterAnalysisTemplate'])
    it(`${kind}: what carries its label, without an id what carries none`, () => {
      expect(instanceSelector(kind, 'blue')).to.equal(`${label}=blue`);
      expect(instanceSelector(kind, '')).to.equal(`!${label}`);
    });
  for (const kind of ['Service', 'ReplicaSet', 'Pod', 'Deployment'])
    it(`${kind}: everything`, () => expect(instanceSelector(kind, 'blue')).to.equal(undefined));
});
