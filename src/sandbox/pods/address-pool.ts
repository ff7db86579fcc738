/** Hands out addresses in order, so that equal runs give equal addresses; a freed one comes back as late as possible. */
export class AddressPool {
  readonly #first: number;
  readonly #size: number;
  readonly #byOwner = new Map<string, string>();
  readonly #taken = new Set<number>();
  #next = 0;

  /** @param first - the first address, for instance `127.64.0.2`; @param size - how many there are. */
  constructor(first: string, size: number) {
    this.#first = numberOf(first);
    this.#size = size;
  }

  /** The owner's address, always the same until it is released. */
  addressOf(owner: string): string {
    const known = this.#byOwner.get(owner);
    if (known !== undefined) return known;
    for (let tried = 0; this.#taken.has(this.#next % this.#size) && tried < this.#size; tried++) this.#next++;
    const offset = this.#next++ % this.#size;
    const address = textOf(this.#first + offset);
    this.#taken.add(offset);
    this.#byOwner.set(owner, address);
    return address;
  }

  release(owner: string): void {
    const address = this.#byOwner.get(owner);
    if (address === undefined) return;
    this.#byOwner.delete(owner);
    this.#taken.delete(numberOf(address) - this.#first);
  }
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function textOf(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
}
