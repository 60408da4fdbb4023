// A set of socket cookies without an object per cookie: open addressing over pairs of 32-bit halves.

const leastSlots = 1024;

export class CookieSet {
  #slots: Int32Array = new Int32Array(2 * leastSlots);
  #size = 0;

  /** Adds the cookie of these halves; false: it was there. Zero is no cookie and counts as new each time. */
  add(low: number, high: number): boolean {
    const lower = low | 0;
    const upper = high | 0;
    if ((lower | upper) === 0) return true;
    // At most three quarters full.
    if (8 * this.#size >= 3 * this.#slots.length) this.#grow();
    const slots = this.#slots;
    const mask = slots.length / 2 - 1;
    // The kernel counts cookies up as they are asked for first, in a range for each CPU: neighbours in a dump are mostly
    // neighbours here too. Where ranges meet, another slot is looked for far away: the next ones are as full.
    const mixed = Math.imul(lower ^ upper, 0x9e3779b1);
    const stride = (mixed >>> 12) | 1;
    for (let i = lower & mask; ; i = (i + stride) & mask) {
      const there = slots[2 * i]!;
      const above = slots[2 * i + 1]!;
      if (there === lower && above === upper) return false;
      if ((there | above) !== 0) continue;
      slots[2 * i] = lower;
      slots[2 * i + 1] = upper;
      this.#size++;
      return true;
    }
  }
  /** Forgets all; keeps the memory if a good part of it was needed. */
  clear(): void {
    const spacious = this.#slots.length > 2 * leastSlots && 32 * this.#size < this.#slots.length;
    if (spacious) this.#slots = new Int32Array(2 * leastSlots);
    else this.#slots.fill(0);
    this.#size = 0;
  }
  #grow(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(2 * old.length);
    this.#size = 0;
    for (let i = 0; i < old.length; i += 2) this.add(old[i]!, old[i + 1]!);
  }
}
