import type { StreamMessage } from '#core/view/wire/stream.js';

const maxBytes = 1_000_000;

/**
 * What one viewer has still to be sent: the newest message of each key. One that falls behind by more than a
 * megabyte is told to start over.
 */
export class ViewerQueue {
  readonly #pending = new Map<string, string>();
  #bytes = 0;
  #wake: (() => void) | undefined;
  #isClosed = false;

  /** `text` is a whole event of the stream; it replaces an unsent one of the same key. */
  push(key: string, text: string): void {
    if (this.#isClosed) return;
    this.#bytes += text.length - (this.#pending.get(key)?.length ?? 0);
    this.#pending.delete(key);
    this.#pending.set(key, text);
    if (this.#bytes > maxBytes) {
      this.#pending.clear();
      this.#pending.set('resync', eventText({ type: 'resync' }));
      this.#bytes = 0;
    }
    this.#wake?.();
  }

  /** Waits for something to send; `undefined` when the queue is closed. */
  async take(): Promise<string | undefined> {
    while (this.#pending.size === 0 && !this.#isClosed)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    this.#wake = undefined;
    if (this.#isClosed) return undefined;
    const text = [...this.#pending.values()].join('');
    this.#pending.clear();
    this.#bytes = 0;
    return text;
  }

  close(): void {
    this.#isClosed = true;
    this.#wake?.();
  }
}

/** One message in the form of a server-sent event; messages with a number carry it as id. */
export function eventText(message: StreamMessage): string {
  const id = !('seq' in message) ? '' : `id: ${message.seq}\n`;
  return `${id}event: ${message.type}\ndata: ${JSON.stringify(message)}\n\n`;
}
