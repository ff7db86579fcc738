import type { Mark } from '#core/view/wire/list.js';
import type { Io } from '../io.js';

const codes: Readonly<Record<Mark, number>> = { ok: 32, run: 36, wait: 33, bad: 31, undecided: 35, off: 90 };

/** The text in the colour of a state; as it is when colours are off. */
export function tinted(text: string, mark: Mark, isColoured: boolean): string {
  return isColoured ? `\u001B[${codes[mark]}m${text}\u001B[0m` : text;
}

/** Whether standard output is a terminal whose user has not turned colours off by `NO_COLOR`. */
export function hasColours({ out, env }: Pick<Io, 'out' | 'env'>): boolean {
  return out.columns !== undefined && (env['NO_COLOR'] ?? '') === '';
}
