import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parseTemplate } from './template.js';
import { toDatum } from './value.js';

/** What Go made of each template; test/oracle/go-template wrote it. */
interface Vectors {
  readonly data: unknown;
  readonly cases: readonly { readonly template: string; readonly output?: string; readonly error?: string }[];
}

const vectors = JSON.parse(readFileSync('test/cases/go-template/vectors.json', 'utf8')) as Vectors;

describe('templates as Go runs them', () => {
  for (const { template, output = '', error } of vectors.cases) {
    it(`${error === undefined ? 'prints' : 'refuses'} ${template.slice(0, 70)}`, () => {
      const parsed = parseTemplate(template);
      const result = parsed.ok ? parsed.value.run(toDatum(vectors.data), Date.UTC(2026, 0, 1)) : parsed;
      const actual = result.ok ? result.value : 'a problem';
      expect(actual, result.ok ? '' : result.problem.message).to.equal(
        error === undefined ? output : 'a problem',
      );
    });
  }
});
