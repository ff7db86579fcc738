import { expect } from 'chai';
import { AppError } from '#ports/errors.js';
import { problemText } from './problem-text.js';

describe('what is told of a refusal', () => {
  it('does not name the object twice', () => {
    const object = 'ConfigMap/shop/a';
    const refused = new AppError('KubeInvalid', `${object}: data: must be a map`, { object });
    expect(problemText(refused)).to.equal('data: must be a map');
    expect(problemText(new AppError('KubeInvalid', 'data: must be a map', { object }))).to.equal(
      'data: must be a map',
    );
  });

  it('says what to do about a namespace that is not there', () => {
    const object = 'ConfigMap/no/a';
    const missing = new AppError('KubeNotFound', `${object}: namespaces "no" not found`, { object });
    expect(problemText(missing)).to.equal('namespaces "no" not found; create it or add it to the source');
  });

  it('keeps the values of a Secret to itself', () => {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's' },
      data: { a: 'c2VjcmV0' },
      stringData: { b: 'hunter2' },
    };
    const refused = new AppError('KubeInvalid', 'data.a: Invalid value: "c2VjcmV0", stringData.b: "hunter2"');
    expect(problemText(refused, secret)).to.equal('data.a: Invalid value: "*****", stringData.b: "*****"');
  });

  it('ends the pass for what the user cannot mend', () => {
    const lost = new AppError('NotLeader', 'the lease is lost');
    expect(() => problemText(lost)).to.throw('the lease is lost');
  });
});
