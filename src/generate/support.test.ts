import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { errorCodes } from '#ports/errors.js';
import { renderFlags } from './flags.js';
import { renderSupport } from './support.js';

describe('documents', () => {
  it('docs/support.md is what `make docs` writes', () => {
    expect(readFileSync('docs/support.md', 'utf8')).to.equal(renderSupport().text);
  });

  it('docs/flags.md is what `make docs` writes', () => {
    expect(readFileSync('docs/flags.md', 'utf8')).to.equal(renderFlags().text);
  });

  it('docs/errors.md has every error code once, with its class, and no other', () => {
    const rows = readFileSync('docs/errors.md', 'utf8').matchAll(/^\| `(\w+)` \| (\w+) \|/gm);
    expect([...rows].map(([, code, kind]) => [code, kind])).to.have.deep.members(Object.entries(errorCodes));
  });

  it('has no link to a file that is not there', () => {
    for (const file of ['architecture', 'compatibility', 'errors', 'support', 'expressions', 'flags']) {
      const links = readFileSync(`docs/${file}.md`, 'utf8').matchAll(/\]\(([^)#:]+)\)/g);
      for (const [, target = ''] of links)
        readFileSync(new URL(target, new URL('../../docs/', import.meta.url)));
    }
  });

  it('test/bugs.md names cases that are there', () => {
    const cells = readFileSync('test/bugs.md', 'utf8').matchAll(/`((?:src|test|providers)\/[^`]+)`/g);
    const files = [...cells].map(([, file = '']) => file);
    expect(files).not.to.deep.equal([]);
    expect(files.filter((file) => !existsSync(file))).to.deep.equal([]);
  });
});
