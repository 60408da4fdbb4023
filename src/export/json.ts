// JSON of what this package tells: a 64-bit counter is a number as far as a double holds it exactly, else its digits.

const plain = (_key: string, value: unknown): unknown => {
  if (typeof value !== "bigint") return value;
  return value <= 2n ** 53n && value >= -(2n ** 53n) ? Number(value) : String(value);
};

/** What a terminal may obey and JSON leaves as it is: C1 controls, and what turns the direction of writing. */
const obeyed = /[\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** One line, without a newline at its end; harmless in a terminal, whatever is in its texts. */
export const jsonOf = (value: unknown): string => JSON.stringify(value, plain).replace(obeyed, escaped);
