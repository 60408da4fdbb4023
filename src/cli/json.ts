// JSON of the command line: a bigint is a number up to 2^53, else a decimal string.

export const toJson = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "bigint" ? (part <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(part) : String(part)) : part,
  );
