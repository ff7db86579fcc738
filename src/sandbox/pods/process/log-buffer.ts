const keptBytes = 256 * 1024;

/** The last part of what a container wrote; whole lines are dropped from the front. */
export class LogBuffer {
  #text = '';

  append(chunk: string): void {
    this.#text += chunk;
    if (this.#text.length <= keptBytes) return;
    const cut = this.#text.indexOf('\n', this.#text.length - keptBytes);
    this.#text = this.#text.slice(cut < 0 ? -keptBytes : cut + 1);
  }

  text(): string {
    return this.#text;
  }
}
