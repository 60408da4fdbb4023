// One figure of a result, as a sweep shows it for each of its runs.

export interface Figure<Result> {
  readonly name: string;
  /** `null` where the run has none. */
  readonly of: (result: Result) => number | null;
  /** Drawn as a chart below the table. */
  readonly isDrawn?: boolean | undefined;
}

/** What one run of a sweep came to. */
export interface SweepRow {
  readonly set: Readonly<Record<string, unknown>>;
  /** In the order of the figures. */
  readonly values: readonly (number | null)[];
}
