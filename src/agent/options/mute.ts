// The grammar of SOCKSCOPE_MUTE: `symptom[/cause][@port],…`.
import { acceptCauses, otherCauses, symptoms } from "../../explain/finding.js";
import type { MuteRule } from "../../explain/mute.js";
import type { Accepted } from "./option-values.js";

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
