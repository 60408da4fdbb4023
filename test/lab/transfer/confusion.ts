// What was injected against what was said: one row per pair, over all runs of its scenarios.
import type { Outcome } from "./run.js";
import { pairOf } from "./scenario.js";

const seconds = (ms: number | undefined): string => (ms === undefined ? "" : (ms / 1000).toFixed(1));

const numbers = (values: readonly (number | undefined)[]): readonly number[] =>
  values.filter((value) => value !== undefined).toSorted((a, b) => a - b);
const middle = (sorted: readonly number[]): number | undefined => sorted[Math.floor((sorted.length - 1) / 2)];

/** `name` or `name (3 of 4)`, those said in most runs first. */
const counted = (names: readonly string[], runs: number): string => {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const sorted = [...counts].toSorted(([, a], [, b]) => b - a);
  return sorted.map(([name, count]) => `\`${name}\`${count === runs ? "" : ` (${count} of ${runs})`}`).join(", ");
};

const rowOf = (injected: string, outcomes: readonly Outcome[]): string => {
  const runs = outcomes.length;
  const right = outcomes.filter(({ faults }) => faults.length === 0).length;
  const found = numbers(outcomes.map(({ foundMs }) => foundMs));
  const beyond = numbers(outcomes.map(({ beyondMs }) => beyondMs));
  const sure = numbers(outcomes.map(({ confidence }) => confidence));
  const said = counted(
    outcomes.flatMap((outcome) => outcome.said),
    runs,
  );
  const cells = [
    `\`${injected}\``,
    `${right} of ${runs}`,
    said === "" ? "nothing" : said,
    found.length === 0 ? "" : `${seconds(middle(found))} / ${seconds(found.at(-1))}`,
    beyond.length === 0 ? "" : `${seconds(middle(beyond))} / ${seconds(beyond.at(-1))}`,
    String(sure[0] ?? ""),
  ];
  return `| ${cells.join(" | ")} |`;
};

/** The table in Markdown. */
export const confusionOf = (outcomes: readonly Outcome[]): string => {
  const injected = [...new Set(outcomes.map(({ scenario }) => pairOf(scenario)))].toSorted();
  return [
    "| injected | right | said | after, s (median / worst) | beyond the threshold, s | least confidence |",
    "| --- | ---: | --- | ---: | ---: | ---: |",
    ...injected.map((pair) =>
      rowOf(
        pair,
        outcomes.filter(({ scenario }) => pairOf(scenario) === pair),
      ),
    ),
  ].join("\n");
};
