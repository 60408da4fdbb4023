// In which order findings are read. No DOM.
import { type Finding, gravity } from "../../explain/finding.js";

/** Active before resolved, the gravest first, then the newest. */
export const ranked = (findings: readonly Finding[]): readonly Finding[] =>
  [...findings].sort(
    (a, b) =>
      Number(a.state === "resolved") - Number(b.state === "resolved") ||
      gravity[b.severity] - gravity[a.severity] ||
      b.firstSeen - a.firstSeen,
  );
