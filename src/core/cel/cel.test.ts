import { expect } from 'chai';
import { compileCel } from './cel.js';

const object = {
  metadata: { name: 'a', generation: 2 },
  spec: { replicas: 3, ratio: 1.5 },
  status: { phase: 'Ok', conditions: [{ type: 'Ready', status: 'True' }], tags: ['a', 'b'] },
};

function answer(text: string): string {
  const compiled = compileCel(text);
  if (!compiled.ok) return `refused: ${compiled.message}`;
  const result = compiled.expression.evaluate(object);
  return result.ok ? String(result.value) : `error: ${result.message}`;
}

/** A row: the expression, and what it gives. */
const rows: readonly (readonly [string, string])[] = [
  ["status.phase in ['Ok', 'Fine']", 'true'],
  ["status.conditions.filter(e, e.type == 'Ready').all(e, e.status == 'True')", 'true'],
  ["status.conditions.exists(e, e.type == 'Stalled')", 'false'],
  ['spec.replicas + 1 == 4 && spec.replicas % 2 == 1', 'true'],
  ['spec.replicas > 2.5 && spec.ratio < 2', 'true'],
  ['has(status.missing) || has(status.phase)', 'true'],
  ['status.?missing.orValue(1) == 1', 'true'],
  ["base64.encode(b'x') == 'eA==' && base64.decode('eA==') == b'x'", 'true'],
  ["sets.contains(status.tags, ['a']) && !sets.intersects(status.tags, ['c'])", 'true'],
  ["sets.equivalent(['b', 'a', 'a'], status.tags)", 'true'],
  ["status.phase.lowerAscii().charAt(0) == 'o' && 'aaa'.replace('a', 'b', 2) == 'bba'", 'true'],
  ["'abc'.reverse() == 'cba'", 'true'],
  ['status.missing == 1', 'error: No such key: missing'],
  ['data.x == 1', 'error: Unknown variable: data'],
  ['metadata.name', 'error: the expression does not give a bool'],
  ['(status.phase', 'refused: Expected RPAREN, got EOF'],
];

describe('CEL expressions', () => {
  for (const [text, expected] of rows) {
    it(`${text} gives ${expected}`, () => expect(answer(text)).to.equal(expected));
  }

  it('know only the variables that they are told of', () => {
    expect(compileCel('dep.status.x == self.status.x', ['dep', 'self']).ok).to.equal(true);
    expect(compileCel('other.x', ['dep', 'self']).ok).to.equal(false);
    expect(compileCel("'text'", ['dep'])).to.deep.equal({
      ok: false,
      message: 'the expression gives string and not bool',
    });
  });

  it('are refused when they are too long', () => {
    expect(compileCel('a'.repeat(20_000)).ok).to.equal(false);
  });
});
