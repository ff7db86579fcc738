import type { Mark } from '#core/view/wire.js';

const codes: Readonly<Record<Mark, number>> = { ok: 32, run: 36, wait: 33, bad: 31, undecided: 35, off: 90 };

/** Shapes that tell the six states apart without colour. */
export const shapes: Readonly<Record<Mark, string>> = {
  ok: '✔',
  run: '◌',
  wait: '॥',
  bad: '✖',
  undecided: '?',
  off: '•',
};

/** The text in the colour of a state; as it is when colours are off. */
export function tinted(text: string, mark: Mark, isColoured: boolean): string {
  return isColoured ? `\u001B[${codes[mark]}m${text}\u001B[0m` : text;
}
