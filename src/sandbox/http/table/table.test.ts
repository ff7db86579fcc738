import { expect } from 'chai';
import { humanDuration } from '#core/time/human-duration.js';
import { valuesAt } from './json-path.js';

describe('what kubectl prints', () => {
  const ages: readonly [seconds: number, text: string][] = [
    [0, '0s'],
    [119, '119s'],
    [125, '2m5s'],
    [600, '10m'],
    [3 * 3600 - 1, '179m'],
    [3 * 3600, '3h'],
    [3 * 3600 + 300, '3h5m'],
    [9 * 3600, '9h'],
    [49 * 3600, '2d1h'],
    [9 * 86_400, '9d'],
    [800 * 86_400, '2y70d'],
  ];
  for (const [seconds, text] of ages) {
    it(`shows ${seconds} s as ${text}`, () => expect(humanDuration(seconds * 1000)).to.equal(text));
  }

  const object = {
    metadata: { annotations: { 'a.b/c': 'x' } },
    spec: { hosts: ['one', 'two'], size: 3 },
    status: {
      conditions: [
        { type: 'Ready', status: 'True' },
        { type: 'Other', status: 'False' },
      ],
    },
  };
  const paths: readonly [path: string, values: readonly unknown[]][] = [
    ['.spec.size', [3]],
    ['.spec.none', []],
    ['.spec.hosts[0]', ['one']],
    ['.spec.hosts[*]', ['one', 'two']],
    ['.metadata.annotations.a\\.b/c', ['x']],
    [".metadata.annotations['a.b/c']", ['x']],
    ['.status.conditions[?(@.type=="Ready")].status', ['True']],
    ["{.status.conditions[?(@.type=='Other')].status}", ['False']],
  ];
  for (const [path, values] of paths) {
    it(`reads ${path}`, () => expect(valuesAt(object, path)).to.deep.equal(values));
  }
});
