// Holding a log against what a fault justifies: the finding expected, at the right listener, and no other that
// would call a person.
import type { Cause, Finding, Symptom } from "../../src/explain/finding.js";
import type { Log, LogLine } from "./log.js";

export interface Expected {
  readonly symptom: Symptom;
  readonly cause: Cause;
  /** Port of the listener, or its path. */
  readonly at: number | string;
  /** `symptom/cause` of findings that are right beside it; `*` stands for the cause expected. */
  readonly beside?: readonly string[] | undefined;
}

const calls = ({ level }: LogLine): boolean => level >= 40;
const isAt = ({ subject }: Finding, at: number | string): boolean => subject.port === at || subject.path === at;

/** The first line that says what was expected. */
export const findLine = (log: Log, expected: Expected): (LogLine & { readonly finding: Finding }) | undefined =>
  log
    .findings()
    .find(
      (line) =>
        calls(line) &&
        line.finding.symptom === expected.symptom &&
        line.finding.cause === expected.cause &&
        isAt(line.finding, expected.at),
    );

/** Findings as last written, one per id. */
export const latest = (log: Log): readonly Finding[] => [
  ...new Map(log.findings().map(({ finding }) => [finding.id, finding])).values(),
];

const rising: readonly Symptom[] = [
  "accept-queue-pressure",
  "accept-wait",
  "abandoned-in-queue",
  "accept-queue-overflow",
];

/** What was said at warning or above and is neither the finding expected, an earlier stage of it, nor justified beside it. */
export const foreign = (log: Log, expected?: Expected): readonly string[] => {
  const right = new Set(
    [`${expected?.symptom}/${expected?.cause}`, ...(expected?.beside ?? [])].map((pair) =>
      pair.replace("*", expected?.cause ?? "*"),
    ),
  );
  const ids = new Map<string, string>();
  for (const line of log.findings().filter(calls)) {
    const { id, symptom, cause } = line.finding;
    // the last word on an id counts, but a symptom may only rise to it
    ids.set(id, `${symptom}/${cause}${expected === undefined || isAt(line.finding, expected.at) ? "" : " elsewhere"}`);
  }
  return [...ids.values()].filter((said) => !right.has(said));
};

/** What a finding said and later took back: a symptom that fell, a cause other than unknown that was replaced. */
export const takenBack = (log: Log): readonly string[] => {
  const said = new Map<string, Finding>();
  return log.findings().flatMap(({ finding }) => {
    const before = said.get(finding.id);
    said.set(finding.id, finding);
    if (before === undefined) return [];
    const fell = rising.indexOf(finding.symptom) < rising.indexOf(before.symptom);
    const changed = finding.cause !== before.cause && before.cause !== "unknown";
    return fell || changed ? [`${before.symptom}/${before.cause} became ${finding.symptom}/${finding.cause}`] : [];
  });
};

/** The log in a few lines, for the failure's report. */
export const story = (log: Log): string =>
  log
    .findings()
    .map(({ time, level, pid, finding: f }) =>
      [
        `${time % 1_000_000} pid ${pid} ${level} ${f.state} ${f.id} ${f.symptom}/${f.cause} ${f.confidence}`,
        `  ${f.summary}`,
        `  evidence: ${f.evidence.map(({ name, value, unit }) => `${name}=${value}${unit ?? ""}`).join("; ")}`,
        `  ruled out: ${f.ruledOut.map(({ cause, because }) => `${cause} (${because})`).join("; ")}`,
      ].join("\n"),
    )
    .join("\n");
