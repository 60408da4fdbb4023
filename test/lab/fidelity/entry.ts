// What the fidelity runner knows of a kind of scenario: how to compare the model with the kernel, and what must be reached.

export interface Options {
  /** Scenarios `from`, `from + 1`, … of a seed. */
  readonly count: number;
  readonly from: number;
  readonly seed: number;
  /** Times that each runs on the kernel. */
  readonly repeat: number;
  /** Scenarios run on the kernel at a time. */
  readonly lanes: number;
  /** What the kernel did is kept there, one scenario a line. */
  readonly save?: string | undefined;
  /** It is taken from there; nothing is run on the kernel. */
  readonly replay?: string | undefined;
}

export interface Report {
  /** One sentence: how many scenarios, what was reached. */
  readonly summary: string;
  /** Markdown. */
  readonly table: readonly string[];
  /** What agrees least, and why where it is known. */
  readonly worst: readonly string[];
  readonly goal: string;
  readonly isMet: boolean;
  /** For `--json`: everything the table was made from. */
  readonly figures: unknown;
}

export interface Entry {
  readonly name: string;
  /** Scenarios in a whole run. */
  readonly count: number;
  compare(options: Options): Promise<Report>;
}
