// How grave something is, in one column: told without colour, too.
import type { Finding, Severity } from "../../explain/finding.js";
import type { Style } from "../view/paint.js";

type Mark = readonly [mark: string, style: Style | undefined];

const marks: Readonly<Record<Severity, Mark>> = {
  critical: ["▲", "red"],
  warning: ["△", "yellow"],
  info: ["·", "cyan"],
};

/** `undefined`: there is no finding. */
export const markOf = (finding: Finding | undefined): Mark => {
  if (!finding) return [" ", undefined];
  return finding.state === "resolved" ? ["✓", "green"] : marks[finding.severity];
};
