// Findings that are known and accepted (SOCKSCOPE_MUTE), and are not to be reported.
import type { Finding } from "./finding.js";

export interface MuteRule {
  readonly symptom: string;
  readonly cause?: string | undefined;
  readonly port?: number | undefined;
}

/** Whether one of the rules covers this finding. */
export const isMuted = (finding: Pick<Finding, "symptom" | "cause" | "subject">, rules: readonly MuteRule[]): boolean =>
  rules.some(
    (rule) =>
      rule.symptom === finding.symptom &&
      (rule.cause === undefined || rule.cause === finding.cause) &&
      (rule.port === undefined || rule.port === finding.subject.port),
  );
