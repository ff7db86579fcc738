import { fitScreen } from '#cli/print/fit.js';
import type { ViewInput } from '#core/view/view-input.js';
import { drawPicture, plainLine, type Picture } from './picture.js';

export interface ScreenOutput {
  write(text: string): void;
  /** `undefined` when it is no terminal. */
  readonly columns: number | undefined;
  readonly rows: number | undefined;
}

/** Shows the picture: redrawn in place on a terminal, as plain lines of what changed elsewhere. */
export class Screen {
  readonly #out: ScreenOutput;
  readonly #said = new Map<string, string>();
  #drawn = 0;

  readonly #isColoured: boolean;

  constructor(out: ScreenOutput, isColoured: boolean) {
    this.#out = out;
    this.#isColoured = isColoured;
  }

  /** A line that stays. */
  say(line: string): void {
    this.#erase();
    this.#out.write(`${line}\n`);
  }

  /** A text that stays, below the picture, which stays as well. */
  conclude(text: string): void {
    this.#drawn = 0;
    this.#out.write(text);
  }

  show(picture: Picture): void {
    const { columns, rows = 24 } = this.#out;
    if (columns === undefined) {
      for (const view of Object.values(picture.scene.views)) this.#sayChange(view, picture.elapsedMs);
      return;
    }
    const drawn = drawPicture(picture, { columns, isColoured: this.#isColoured });
    const lines = fitScreen(drawn, columns, rows);
    this.#erase();
    this.#out.write(`${lines.join('\n')}\n`);
    this.#drawn = lines.length;
  }

  #sayChange(view: ViewInput, elapsedMs: number): void {
    const line = plainLine(view);
    if (this.#said.get(view.rollout.metadata.name) === line) return;
    this.#said.set(view.rollout.metadata.name, line);
    this.#out.write(`[${(elapsedMs / 1000).toFixed(1).padStart(5)} s] ${line}\n`);
  }

  #erase(): void {
    if (this.#drawn > 0) this.#out.write(`\u001B[${this.#drawn}A\u001B[J`);
    this.#drawn = 0;
  }
}
