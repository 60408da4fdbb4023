// JSON of what this package tells: a 64-bit counter is a number as far as a double holds it exactly, else its digits.

const plain = (_key: string, value: unknown): unknown => {
  if (typeof value !== "bigint") return value;
  return value <= 2n ** 53n && value >= -(2n ** 53n) ? Number(value) : String(value);
};

/** One line, without a newline at its end. */
export const jsonOf = (value: unknown): string => JSON.stringify(value, plain);
