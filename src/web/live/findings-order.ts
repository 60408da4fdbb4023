// In which order findings are read. No DOM.
import type { Finding } from "../../explain/finding.js";

const ranks: Readonly<Record<Finding["severity"], number>> = { critical: 0, warning: 1, info: 2 };

/** Active before resolved, the gravest first, then the newest. */
export const ranked = (findings: readonly Finding[]): readonly Finding[] =>
  [...findings].sort(
    (a, b) =>
      Number(a.state === "resolved") - Number(b.state === "resolved") ||
      ranks[a.severity] - ranks[b.severity] ||
      b.firstSeen - a.firstSeen,
  );
