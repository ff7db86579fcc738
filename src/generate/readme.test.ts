import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { renderReadme } from './readme.js';

describe('the README', () => {
  it('says what is registered (make docs writes it)', () => {
    expect(readFileSync('README.md', 'utf8')).to.equal(renderReadme().text);
  });
});
