// What is fuzzed: each parser with recorded input, in one table (targets/index.ts) that the property tests, the short
// runs of `npm test` and the long ones of `npm run fuzz` share.

interface Common {
  readonly name: string;
  /** The exports this target exercises: `src/kernel/links.ts parseLink`. */
  readonly covers: readonly string[];
  /** Words that may be told although they do not stand in the input. */
  readonly words?: readonly string[] | undefined;
}

/** A parser of bytes: what lies outside of `start` to `end` must not matter. */
export interface BytesTarget extends Common {
  readonly kind: "bytes";
  readonly seeds: readonly Uint8Array[];
  readonly parse: (view: DataView, start: number, end: number) => unknown;
}

/** A parser of text. */
export interface TextTarget extends Common {
  readonly kind: "text";
  readonly seeds: readonly string[];
  readonly parse: (text: string) => unknown;
  /** The one error with which it refuses what it does not accept; without it, nothing is ever thrown. */
  readonly refuses?: (abstract new (...given: never[]) => Error) | undefined;
  /** What may become of a number of the input: a unit's factor, a sum. Default: it is told as it stands. */
  readonly made?: ((numbers: readonly number[]) => readonly number[]) | undefined;
  /** Counts lines: half of them are another count. */
  readonly isTally?: boolean | undefined;
  /** Tells texts and figures of its own: whether they stand in the input is not asked. */
  readonly isProse?: boolean | undefined;
}

export type Target = BytesTarget | TextTarget;

/** A seed as bytes; text is latin1, as files of /proc are read. */
export const seedBytes = (target: Target): readonly Uint8Array[] =>
  target.kind === "bytes" ? target.seeds : target.seeds.map((text) => new Uint8Array(Buffer.from(text, "latin1")));

/** Whether two readings are the same; an absent field is one that is `undefined` or not there. */
export const isSame = (one: unknown, other: unknown): boolean => isWithin(one, other) && isWithin(other, one);

/** Whether everything that `part` tells is told by `whole` too: lists by place, texts as far as they go. */
export const isWithin = (part: unknown, whole: unknown): boolean => {
  if (part === undefined || Object.is(part, whole)) return true;
  if (typeof part === "string") return typeof whole === "string" && whole.startsWith(part);
  if (typeof part !== "object" || part === null || typeof whole !== "object" || whole === null) return false;
  return Object.entries(part).every(([name, field]) => isWithin(field, Reflect.get(whole, name)));
};
