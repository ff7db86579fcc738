import { expect } from 'chai';
import { Type } from '@sinclair/typebox';
import { celRules, freeForm, intOrString, listMap, oneOf, stringMap } from './dialect.js';
import { toStructural } from './structural.js';
import { compileValidator } from './validate.js';

const schema = Type.Object(
  {
    bound: intOrString(),
    word: oneOf(['a', 'b']),
    union: Type.Union([Type.Literal('x'), Type.Literal('y')]),
    labels: Type.Optional(stringMap()),
    list: Type.Optional(listMap(Type.Object({ name: Type.String() }), ['name'])),
    free: Type.Optional(freeForm()),
    filled: Type.Boolean({ default: false }),
  },
  celRules({ rule: 'self == oldSelf', message: 'is immutable' }),
);

describe("Kubernetes' form of a schema", () => {
  it('has maps, words, unions of number and text, merge keys and rules as the API server wants them', () => {
    expect(JSON.parse(JSON.stringify(toStructural(schema)))).to.deep.equal({
      type: 'object',
      required: ['bound', 'word', 'union'],
      'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'is immutable' }],
      properties: {
        bound: { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] },
        word: { type: 'string', enum: ['a', 'b'] },
        union: { type: 'string', enum: ['x', 'y'] },
        labels: { type: 'object', additionalProperties: { type: 'string' } },
        list: {
          type: 'array',
          items: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name'],
        },
        free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        filled: { type: 'boolean', default: false },
      },
    });
  });
});

describe('a compiled validator', () => {
  const validate = compileValidator(toStructural(schema));

  it('lets unknown fields pass and changes nothing', () => {
    const value = Object.freeze({ bound: '25%', word: 'a', union: 'y', future: { x: 1 } });
    expect(validate(value)).to.deep.equal([]);
    expect(value).to.not.have.property('filled');
  });

  it('names path and cause of everything that does not fit', () => {
    const problems = validate({ bound: true, word: 'c', union: 'x', list: [{ name: 1 }], labels: { a: 2 } });
    expect(problems.map(({ path }) => path)).to.include.members([
      'bound',
      'word',
      'list[0].name',
      'labels.a',
    ]);
    expect(problems.find(({ path }) => path === 'word')?.message).to.equal(
      'must be equal to one of the allowed values: a, b',
    );
  });
});
