// What the values of options may look like: each parser takes what a program, a variable or a JSON file gave and
// returns the value to use, or `undefined` when it is not accepted. Pure and total.

export interface Accepted<T> {
  /** Completes the sentence "accepted: …". */
  readonly accepts: string;
  readonly parse: (value: unknown) => T | undefined;
}

/** A finite number, also as text (`"250"`, `"0.5"`). */
export const numberOf = (value: unknown): number | undefined => {
  const number = typeof value === "string" && /^\s*\d+(\.\d+)?\s*$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
};

export const milliseconds = (from: number, to: number): Accepted<number> => ({
  accepts: `a whole number of milliseconds from ${from} to ${to}`,
  parse: (value) => {
    const number = numberOf(value);
    return number !== undefined && Number.isInteger(number) && number >= from && number <= to ? number : undefined;
  },
});

/** A limit of the explanation: a count, a share or a time, as the threshold's name says. */
export const threshold: Accepted<number> = {
  accepts: "a number, 0 or greater",
  parse: (value) => {
    const number = numberOf(value);
    return number !== undefined && number >= 0 ? number : undefined;
  },
};

const switchWords = new Map<unknown, boolean>([
  ["on", true],
  ["true", true],
  ["1", true],
  [true, true],
  ["off", false],
  ["false", false],
  ["0", false],
  [false, false],
]);

export const onOff: Accepted<boolean> = {
  accepts: "on or off",
  parse: (value) => switchWords.get(typeof value === "string" ? value.trim().toLowerCase() : value),
};

/** One of a few words; `false` stands for `off` where that is one of them. */
export const oneOf = <T extends string>(...words: readonly T[]): Accepted<T> => ({
  accepts: words.join(" or "),
  parse: (value) => words.find((word) => word === (value === false ? "off" : value)),
});

export const text = (accepts: string): Accepted<string> => ({
  accepts,
  parse: (value) => (value === false ? "off" : typeof value === "string" && value.trim() !== "" ? value : undefined),
});

/** A secret: visible ASCII without blanks, as an HTTP header can carry it. */
export const secret: Accepted<string> = {
  accepts: "visible ASCII characters without blanks",
  parse: (value) => (typeof value === "string" && /^[\x21-\x7e]+$/.test(value) ? value : undefined),
};
