// What a screen reader is told without asking: findings that begin, rise or end, and the line that breaks. Never every frame.
import type { Finding } from "../../explain/finding.js";

/** What to say of the step from one list of findings to the next; `undefined`: nothing. */
export const newsOf = (before: readonly Finding[], now: readonly Finding[]): string | undefined => {
  const known = new Map(before.map((finding) => [finding.id, finding]));
  const news = now.flatMap((finding) => {
    const old = known.get(finding.id);
    if (finding.state === "resolved") return old?.state === "active" ? [`Resolved: ${finding.symptom}`] : [];
    const isNews =
      !old || old.symptom !== finding.symptom || old.cause !== finding.cause || old.severity !== finding.severity;
    return isNews ? [`${finding.severity}: ${finding.summary}`] : [];
  });
  return news.length === 0 ? undefined : news.join(" ");
};
