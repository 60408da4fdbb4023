// SOCKSCOPE_MUTE: findings that are known and accepted, and are not to be reported: `symptom[/cause][@port],…`.
import { acceptCauses, type Finding, otherCauses, symptoms } from "../explain/finding.js";
import type { Accepted } from "./option-values.js";

export interface MuteRule {
  readonly symptom: string;
  readonly cause?: string | undefined;
  readonly port?: number | undefined;
}

const knownSymptoms: ReadonlySet<string> = new Set(symptoms);
const knownCauses: ReadonlySet<string> = new Set([...acceptCauses, ...otherCauses]);

const parseRule = (text: string): MuteRule | undefined => {
  const match = /^([a-z-]+)(?:\/([a-z-]+))?(?:@(\d{1,5}))?$/.exec(text.trim());
  const [, symptom = "", cause, digits] = match ?? [];
  const port = digits === undefined ? undefined : Number(digits);
  // A misspelt name would mute nothing and nobody would know: names are checked.
  if (!knownSymptoms.has(symptom) || (cause !== undefined && !knownCauses.has(cause))) return undefined;
  if (port !== undefined && (port < 1 || port > 65_535)) return undefined;
  return { symptom, cause, port };
};

/** Text, or an array of such texts; one rule that is not understood makes the whole value malformed. */
export const muteRules: Accepted<readonly MuteRule[]> = {
  accepts: `symptom[/cause][@port],… with the symptoms ${symptoms.join(", ")} and the causes named in the documentation`,
  parse: (value) => {
    const items = Array.isArray(value) ? value : [value];
    if (!items.every((item) => typeof item === "string")) return undefined;
    const rules = items
      .flatMap((item) => item.split(","))
      .filter((item) => item.trim() !== "")
      .map(parseRule);
    return rules.every((rule) => rule !== undefined) ? rules : undefined;
  },
};

/** Whether one of the rules covers this finding. */
export const isMuted = (finding: Pick<Finding, "symptom" | "cause" | "subject">, rules: readonly MuteRule[]): boolean =>
  rules.some(
    (rule) =>
      rule.symptom === finding.symptom &&
      (rule.cause === undefined || rule.cause === finding.cause) &&
      (rule.port === undefined || rule.port === finding.subject.port),
  );
