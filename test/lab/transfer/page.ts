// docs/fault-lab.md: how each pair is proved, from the scenarios; and the table of the last whole run, as it was written.
import { healthy, type Pair, pairs } from "./pairs.js";
import type { Scenario } from "./scenario.js";

const lastRun = "## The last whole run";

const variantsOf = (scenarios: readonly Scenario[]): string[] => scenarios.map(({ variant }) => `  - ${variant}`);

const markOf = ({ scenarios, otherwise }: Pair): string =>
  scenarios.length > 0 ? `live, ${scenarios.length} variants` : (otherwise?.how ?? "missing");

const reasonOf = ({ otherwise }: Pair): string =>
  otherwise === undefined
    ? ""
    : otherwise.how === "replayed"
      ? `${otherwise.because} (\`${otherwise.by}\`)`
      : otherwise.because;

const companionsOf = ({ scenarios }: Pair): string[] => [
  ...new Set(
    scenarios.flatMap(({ companions = [] }) =>
      companions.map(({ symptom, cause, because }) => `  - beside it \`${symptom}/${cause}\`: ${because}`),
    ),
  ),
];

const liveSection = (): string[] =>
  pairs.flatMap((pair) =>
    pair.scenarios.length === 0
      ? []
      : [`- \`${pair.symptom}\` × \`${pair.cause}\``, ...variantsOf(pair.scenarios), ...companionsOf(pair)],
  );

/** What the scenarios say by themselves. */
export const renderPairs = (): string =>
  [
    "# The fault lab: how each symptom and cause of connections is proved",
    "",
    "Two hosts made from network namespaces, joined by loopback, a veth pair or a userspace wire that delays, loses,",
    "reorders, limits and cuts; ordinary Node programs in them, of which one loads the agent; one labelled fault. The agent",
    "must name it, at the severity it deserves, in time, and say nothing else that would call a person. `npm run lab` runs",
    "all of it, `test/lab/transfer` holds the scenarios. What concerns listeners is in [accept-table.md](accept-table.md).",
    "",
    "| symptom | cause | proof | why not live |",
    "| --- | --- | --- | --- |",
    ...pairs.map((pair) => `| \`${pair.symptom}\` | \`${pair.cause}\` | ${markOf(pair)} | ${reasonOf(pair)} |`),
    "",
    "## The variants",
    "",
    ...liveSection(),
    `- healthy: nothing may be said at warning or above`,
    ...variantsOf(healthy),
    "",
  ].join("\n");

/** The page with the pairs as they are; the last run's part stays as it was unless a new one is given. */
export const renderPage = (before: string, run?: string): string => {
  const at = before.indexOf(lastRun);
  const kept = at < 0 ? `${lastRun}\n\nNone yet.\n` : before.slice(at);
  return `${renderPairs()}\n${run === undefined ? kept : `${lastRun}\n\n${run}\n`}`;
};
