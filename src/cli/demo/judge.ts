// Whether the diagnosis was right, and in which words it was not. Pure.
import { type Finding, gravity } from "../../explain/finding.js";
import { verdict } from "../../explain/finding-words.js";
import type { Expectation } from "./demos.js";

export interface Judgement {
  /** The finding that was judged: the expected one, else the gravest of the others. */
  readonly finding: Finding | undefined;
  readonly right: boolean;
  /** When it was not right: what was expected, and what there was. */
  readonly wrong: readonly string[];
}

const fits = (finding: Finding, expect: Expectation): boolean =>
  finding.symptom === expect.symptom && finding.cause === expect.cause;

const names = (finding: Finding, name: string): boolean =>
  (finding.stack ?? []).some((frame) => frame.split(" ")[0]?.split(".").at(-1) === name);

export const judge = (findings: readonly Finding[], expect: Expectation): Judgement => {
  const finding =
    findings.find((candidate) => fits(candidate, expect)) ??
    findings.toSorted((a, b) => gravity[b.severity] - gravity[a.severity])[0];
  const wrong: string[] = [];
  const got = finding ? verdict(finding) : "no finding";
  if (!finding || !fits(finding, expect)) wrong.push(`expected ${verdict(expect)}; got ${got}`);
  else if (expect.inFunction !== undefined && !names(finding, expect.inFunction))
    wrong.push(`expected a stack that names ${expect.inFunction}; got ${finding.stack?.join(" < ") ?? "no stack"}`);
  return { finding, right: wrong.length === 0, wrong };
};
