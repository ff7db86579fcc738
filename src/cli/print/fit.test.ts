import { expect } from 'chai';
import { fitLine, fitScreen, wrapWords } from './fit.js';
import { printTable } from './table.js';

describe('text that fits a terminal', () => {
  it('cuts a line that is too wide, and ends its colour', () => {
    expect(fitLine('short', 5)).to.equal('short');
    expect(fitLine('longer', 5)).to.equal('long…');
    expect(fitLine('\u001B[31mred\u001B[0m', 3)).to.equal('\u001B[31mred\u001B[0m');
    expect(fitLine('\u001B[31mreddish\u001B[0m text', 4)).to.equal('\u001B[31mred…\u001B[0m');
    expect(fitLine('\u001B[31mred\u001B[0m text', 6)).to.equal('\u001B[31mred\u001B[0m t…');
  });
  it('leaves lines away that would be above the first row, and says so', () => {
    expect(fitScreen(['a', 'b', 'c'], 80, 4)).to.deep.equal(['a', 'b', 'c']);
    const lines = fitScreen(['a', 'b', 'c', 'd'], 80, 4);
    expect(lines).to.deep.equal(['a', 'b', '… 2 more lines; the terminal is too low']);
  });
  it('wraps words, and keeps numbers with their units', () => {
    expect(wrapWords('one two three', 7)).to.deep.equal(['one two', 'three']);
    expect(wrapWords('ends in 40 s.', 10)).to.deep.equal(['ends in', '40 s.']);
    expect(wrapWords('gets 20 % now', 7)).to.deep.equal(['gets', '20 %', 'now']);
    expect(wrapWords('40 steps', 5)).to.deep.equal(['40', 'steps']);
    expect(wrapWords('unbreakable', 4)).to.deep.equal(['unbreakable']);
  });
  it('aligns the columns of a table', () => {
    expect(
      printTable(
        ['A', 'B'],
        [
          ['long', ''],
          ['x', 'y'],
        ],
      ),
    ).to.equal('A     B\nlong\nx     y\n');
  });
});
