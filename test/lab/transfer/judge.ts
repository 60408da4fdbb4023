// What the agent said, held against what was injected: the finding expected, in time, at its severity, and nothing else
// that would call a person.
import type { Finding, Severity } from "../../../src/explain/finding.js";
import type { LogLine } from "../log.js";
import type { Companion, Expectation, Scenario } from "./scenario.js";

/** One reporting interval and what two busy cores may add to it. */
export const withinMs = 1500;

type FindingLine = LogLine & { readonly finding: Finding };

export interface Verdict {
  /** `symptom/cause` of everything said at warning or above, and of the finding expected. */
  readonly said: readonly string[];
  /** From the fault to the finding's line, and the part of it beyond the symptom's own threshold. */
  readonly foundMs?: number | undefined;
  readonly beyondMs?: number | undefined;
  readonly confidence?: number | undefined;
  /** Why the scenario failed; none: it passed. */
  readonly faults: readonly string[];
}

/**
 * When a symptom may be told at warning: its threshold (src/explain/connections/thresholds.ts), by default. Node's own
 * buffer is asked for when the kernel's was full at two looks.
 */
const evidentMs: Readonly<Record<string, number>> = {
  "write-stalled": 3000,
  "write-buffered-in-process": 5000,
  "read-stalled": 5000,
  "throughput-limited": 4000,
  "connections-leaking": 10_000,
  "connect-failing": 2500,
};
export const evidentAfterMs = ({ symptom, evidentMs: own }: Expectation): number => own ?? evidentMs[symptom] ?? 0;

const order: readonly Severity[] = ["info", "warning", "critical"];
const isAtLeast = (severity: Severity, least: Severity): boolean => order.indexOf(severity) >= order.indexOf(least);
const nameOf = ({ symptom, cause }: Pick<Finding, "symptom" | "cause">): string => `${symptom}/${cause}`;

const isAt = ({ subject }: Finding, at: Expectation["at"] = 3000): boolean =>
  at === null || subject.port === at || subject.path === at || subject.interface === at;

const isExpected = ({ finding }: FindingLine, expect: Expectation): boolean =>
  finding.symptom === expect.symptom &&
  finding.cause === expect.cause &&
  isAtLeast(finding.severity, expect.severity ?? "warning") &&
  isAt(finding, expect.at);

/** The line that says what was expected, as soon as it is there. */
export const expectedLine = (lines: readonly FindingLine[], expect: Expectation): FindingLine | undefined =>
  lines.find((line) => isExpected(line, expect));

const foundFaults = (line: FindingLine | undefined, expect: Expectation, faultAt: number): readonly string[] => {
  if (!line) return [`missed: ${expect.symptom}/${expect.cause}`];
  const { finding } = line;
  const lateMs = line.time - faultAt - evidentAfterMs(expect) - withinMs;
  return [
    ...(lateMs > 0 ? [`${Math.round(lateMs)} ms late`] : []),
    ...(line.time < faultAt ? ["said before the fault"] : []),
    ...(finding.evidence.length === 0 || finding.remedy.length === 0 ? ["without evidence or remedy"] : []),
  ];
};

/** Said at warning or above, and neither the finding expected nor a companion. */
const foreign = (
  lines: readonly FindingLine[],
  expect: Expectation | undefined,
  companions: readonly Companion[],
): readonly string[] => {
  const right = new Set(companions.map(({ symptom, cause }) => `${symptom}/${cause}`));
  const calls = lines.filter(({ finding }) => isAtLeast(finding.severity, "warning"));
  const expected = (line: FindingLine): boolean =>
    expect !== undefined && expect.severity !== "info" && isExpected(line, expect);
  return [
    ...new Set(
      calls
        .filter((line) => !expected(line) && !right.has(nameOf(line.finding)))
        .map(({ finding }) => `also said: ${nameOf(finding)} at ${finding.subject.port ?? finding.subject.kind}`),
    ),
  ];
};

/** A cause, other than unknown, that was replaced under the same id. */
const takenBack = (lines: readonly FindingLine[]): readonly string[] => {
  const said = new Map<string, Finding>();
  return lines.flatMap(({ finding }) => {
    const before = said.get(finding.id);
    said.set(finding.id, finding);
    const changed = before && before.cause !== finding.cause && before.cause !== "unknown";
    return changed ? [`taken back: ${nameOf(before)} became ${nameOf(finding)}`] : [];
  });
};

/** What is to be said of a scenario whose log is complete. */
export const judge = (scenario: Scenario, lines: readonly FindingLine[], faultAt: number): Verdict => {
  const { companions = [] } = scenario;
  const expect = "healthy" in scenario ? undefined : scenario.expect;
  const line = expect && expectedLine(lines, expect);
  const foundMs = line && line.time - faultAt;
  const calls = lines.filter(({ finding }) => isAtLeast(finding.severity, "warning"));
  return {
    said: [...new Set([...(line ? [line] : []), ...calls].map(({ finding }) => nameOf(finding)))],
    foundMs,
    beyondMs: foundMs === undefined || !expect ? undefined : foundMs - evidentAfterMs(expect),
    confidence: line?.finding.confidence,
    faults: [
      ...(expect ? foundFaults(line, expect, faultAt) : []),
      ...foreign(lines, expect, companions),
      ...takenBack(lines),
    ],
  };
};
