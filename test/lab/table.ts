// docs/accept-table.md, written from the cells.
import { acceptSymptoms } from "../../src/explain/finding.js";
import { type Cell, causes, cells } from "./cells.js";

const marks = { live: "live", replayed: "replayed", excluded: "–" } as const;

const cellOf = (symptom: string, cause: string): Cell | undefined =>
  cells.find((cell) => cell.symptom === symptom && cell.cause === cause);

const grid = (): string[] => [
  `| cause | ${acceptSymptoms.map((symptom) => `\`${symptom}\``).join(" | ")} |`,
  `| --- |${" :---: |".repeat(acceptSymptoms.length)}`,
  ...causes.map((cause) => {
    const row = acceptSymptoms.map((symptom) => {
      const cell = cellOf(symptom, cause);
      return cell === undefined ? "" : marks[cell.proof.how];
    });
    return `| \`${cause}\` | ${row.join(" | ")} |`;
  }),
];

/** `cause` with those of its symptoms, cause by cause. */
const pairs = (found: readonly Cell[]): string =>
  [...new Set(found.map(({ cause }) => cause))]
    .map((cause) => {
      const beside = found.filter((cell) => cell.cause === cause).map(({ symptom }) => `\`${symptom}\``);
      return `\`${cause}\` with ${beside.join(", ")}`;
    })
    .join("; ");

const reasons = (how: "replayed" | "excluded"): string[] => {
  const because = new Map<string, Cell[]>();
  for (const cell of cells) {
    if (cell.proof.how !== how) continue;
    const where = cell.proof.how === "replayed" ? ` (\`${cell.proof.by}\`)` : "";
    const reason = `${cell.proof.because}${where}`;
    because.set(reason, [...(because.get(reason) ?? []), cell]);
  }
  return [...because].map(([reason, found]) => `- ${reason}: ${pairs(found)}`);
};

const files = (): string[] => {
  const by = new Map<string, Cell[]>();
  for (const cell of cells)
    if (cell.proof.how === "live") by.set(cell.proof.by, [...(by.get(cell.proof.by) ?? []), cell]);
  return [...by].map(([file, found]) => `- \`${file}\`: ${pairs(found)}`);
};

const count = (how: Cell["proof"]["how"]): number => cells.filter((cell) => cell.proof.how === how).length;

/** The whole page. */
export const renderTable = (): string => {
  return `${[
    "# The accept path: how each symptom and cause is proved",
    "",
    "Every pair that a finding can name is produced by a real fault on a real kernel, replayed from snapshots, or cannot",
    "exist. An empty field is a cause that does not belong to the symptom. Written from `test/lab/cells.ts`; a test",
    "holds the two together.",
    "",
    `${count("live")} live, ${count("replayed")} replayed, ${count("excluded")} excluded.`,
    "",
    ...grid(),
    "",
    "## Live: which test",
    "",
    ...files(),
    "",
    "## Replayed, because",
    "",
    ...reasons("replayed"),
    "",
    "## Excluded, because",
    "",
    ...reasons("excluded"),
  ].join("\n")}\n`;
};
