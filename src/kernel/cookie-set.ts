// A set of socket cookies without an object per cookie: open addressing over pairs of 32-bit halves.

export class CookieSet {
  #slots: Uint32Array = new Uint32Array(2 * 1024);
  #size = 0;

  /** Adds the cookie of these halves; false: it was there. Zero is no cookie and counts as new each time. */
  add(low: number, high: number): boolean {
    if ((low | high) === 0) return true;
    if (4 * this.#size > this.#slots.length) this.#grow();
    const slots = this.#slots;
    const mask = slots.length / 2 - 1;
    for (let i = (Math.imul(low, 0x9e3779b1) ^ high) & mask; ; i = (i + 1) & mask) {
      if (slots[2 * i] === low && slots[2 * i + 1] === high) return false;
      if (slots[2 * i] !== 0 || slots[2 * i + 1] !== 0) continue;
      slots[2 * i] = low;
      slots[2 * i + 1] = high;
      this.#size++;
      return true;
    }
  }
  clear(): void {
    this.#slots.fill(0);
    this.#size = 0;
  }
  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(2 * old.length);
    this.#size = 0;
    for (let i = 0; i < old.length; i += 2) this.add(old[i]!, old[i + 1]!);
  }
}
