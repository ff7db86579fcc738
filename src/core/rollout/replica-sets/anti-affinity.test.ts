import { expect } from 'chai';
import { withAntiAffinity, withoutAntiAffinity } from './anti-affinity.js';

describe('anti-affinity of a new revision', () => {
  const plain = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web' }] } };
  const own = {
    ...plain,
    spec: {
      ...plain.spec,
      affinity: {
        podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'zone' }] },
      },
    },
  };
  const hard = { requiredDuringSchedulingIgnoredDuringExecution: {} };
  const soft = { preferredDuringSchedulingIgnoredDuringExecution: { weight: 7 } };

  it('is added behind what the user wrote, and taken away without a trace', () => {
    for (const template of [plain, own]) {
      for (const wish of [hard, soft]) {
        const added = withAntiAffinity(template, wish, 'abc', 'shop');
        expect(added).to.not.deep.equal(template);
        expect(JSON.stringify(added)).to.contain('"values":["abc"]').and.to.contain('kubernetes.io/hostname');
        expect(withoutAntiAffinity(added)).to.deep.equal(template);
      }
    }
  });
  it('is not there without a wish or before anything is stable', () => {
    expect(withAntiAffinity(plain, undefined, 'abc', 'shop')).to.equal(plain);
    expect(withAntiAffinity(plain, hard, '', 'shop')).to.equal(plain);
  });
});
