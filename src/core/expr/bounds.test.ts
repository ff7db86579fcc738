import { expect } from 'chai';
import { evaluate } from './expression.js';

const env = {
  obj: JSON.parse('{"a": 1, "__proto__": {"polluted": true}}'),
  list: [1, 2, 3],
  at: new Date(0),
};

function messageOf(source: string): string {
  const outcome = evaluate(source, env, { nowMs: 0 });
  return outcome.ok ? 'no failure' : outcome.problem.message;
}

function valueOf(source: string): unknown {
  const outcome = evaluate(source, env, { nowMs: 0 });
  return outcome.ok ? outcome.value : outcome.problem.message;
}

describe('bounds of expressions', () => {
  const nested = 'reduce(1..100000, [#acc])';
  const rows: readonly (readonly [bound: string, source: string, message: RegExp])[] = [
    ['memory: ranges', '1..2000000', /^memory budget exceeded$/],
    ['memory: lists in lists', 'map(1..2000, 1..1000)', /^memory budget exceeded$/],
    ['memory: texts', 'repeat("abcdefghij", 200000)', /^memory budget exceeded$/],
    ['memory: a repeat without end', 'repeat("a", 100000000)', /./],
    ['memory: texts that double', 'reduce(1..60, #acc + #acc, "abcdefgh")', /^memory budget exceeded$/],
    [
      'memory: joined texts',
      'join(map(1..900, repeat("a", 1000)), repeat("b", 90000))',
      /^memory budget exceeded$/,
    ],
    [
      'memory: replaced texts',
      'replace(repeat("a", 900000), "a", repeat("b", 90000))',
      /^(memory budget exceeded|the value is too large)$/,
    ],
    [
      'memory: flattened lists',
      'flatten(map(1..900, list)) | map([#, #, #, #, #]) | map([#, #]) | len() + sum(map(1..999990, 1))',
      /^memory budget exceeded$/,
    ],
    [
      'steps: predicates in predicates',
      'count(1..3000, all(1..900, # > 0)) > 5000',
      /^(memory|step) budget exceeded$/,
    ],
    ['steps: lists without memory', 'let l = 1..1500; all(l, all(l, # > 0))', /^step budget exceeded$/],
    ['depth of a source', `${'['.repeat(400)}${']'.repeat(400)}`, /^expression is nested too deeply$/],
    ['depth of unary operators', `${'-'.repeat(4000)}1`, /^expression is nested too deeply$/],
    ['depth of a chain of ternaries', `${'true ? 1 : '.repeat(4000)}1`, /^expression is nested too deeply$/],
    ['nodes of a source', `1${' + 1'.repeat(6000)}`, /exceeds maximum allowed nodes$/],
    ['depth of a value: as text', `string(${nested})`, /^the value is too large$/],
    ['depth of a value: as JSON', `toJSON(${nested})`, /^the value is too large$/],
    ['depth of a value: flat', `len(flatten(${nested}))`, /^the value is too large$/],
    ['depth of a value: compared', `let v = ${nested}; v == [v]`, /^the value is too large$/],
    ['bits', 'bitshl(1, 9223372036854775807) + 1 / 0 == nil ? 1 : [][0]', /^index out of range/],
  ];
  for (const [bound, source, message] of rows) {
    it(bound, () => expect(messageOf(source)).to.match(message));
  }

  it('a pattern takes time in proportion to the text', () => {
    expect(valueOf('repeat("a", 20000) + "!" matches "^(a+)+$"')).to.equal(false);
  });
});

describe('nothing is reached through prototypes', () => {
  const names = ['constructor', '__proto__', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', 'length'];
  for (const name of names) {
    it(name, () => {
      expect(valueOf(`list[0].${name}`)).to.match(/^cannot fetch /);
      expect(valueOf(`{"a": 1}.${name}`)).to.equal(null);
      expect(valueOf(`get({"a": 1}, "${name}")`)).to.equal(null);
      expect(valueOf(`"${name}" in {"a": 1}`)).to.equal(false);
      expect(valueOf(`{"${name}": 5}["${name}"]`)).to.equal(5n);
      expect(messageOf(name)).to.equal(`unknown name ${name}`);
      expect(messageOf(`${name}()`)).to.equal(`unknown name ${name}`);
      expect(messageOf(`$env["${name}"]`)).to.equal(`unknown name ${name}`);
      expect(messageOf(`"a".${name}()`)).to.match(/^type string has no method /);
      expect(messageOf(`duration("1s").${name}()`)).to.match(/^type time.Duration has no method /);
      expect(messageOf(`obj.a.${name}()`)).to.match(/^cannot /);
      expect(messageOf(`let ${name} = 1; ${name} + nope`)).to.equal('unknown name nope');
      expect(valueOf(`groupBy(["${name}"], #)["${name}"]`)).to.deep.equal([name]);
      expect(valueOf(`keys(fromJSON("{\\"${name}\\": 1}"))`)).to.deep.equal([name]);
    });
  }
  it('a key of JSON with the name of a prototype is a key', () => {
    expect(valueOf('obj.__proto__.polluted')).to.equal(true);
    expect(valueOf('{"b": 1}.polluted')).to.equal(null);
  });
});
