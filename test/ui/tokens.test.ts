import { readFileSync } from 'node:fs';
import { expect } from 'chai';

const css = readFileSync(new URL('../../src/ui/style.css', import.meta.url), 'utf8');
const tokens = new Map<string, readonly [light: string, dark: string]>();
for (const [, name, light, dark] of css.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g))
  tokens.set(name ?? '', [light ?? '', dark ?? '']);

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

describe('colours of the page', () => {
  const surfaces = ['bg', 'raised', 'sunken'];
  const table: readonly [ink: string, least: number, grounds: readonly string[]][] = [
    ...['text', 'text-2', 'text-3', 'accent', 'stable', 'canary'].map(
      (ink) => [ink, 4.5, surfaces] as [string, number, string[]],
    ),
    ['border', 3, surfaces],
    ...['ok', 'run', 'wait', 'bad', 'undecided', 'off'].map(
      (ink) => [ink, 4.5, ['bg', `${ink}-tint`]] as [string, number, string[]],
    ),
  ];
  for (const [ink, least, grounds] of table)
    for (const ground of grounds)
      for (const theme of [0, 1] as const)
        it(`${ink} on ${ground} keeps ${least} in the ${theme === 0 ? 'light' : 'dark'}`, () => {
          const [front, back] = [tokens.get(ink)?.[theme], tokens.get(ground)?.[theme]];
          expect(contrast(front ?? '', back ?? '')).to.be.at.least(least);
        });
});
