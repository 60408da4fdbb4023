// Where and with what it was recorded: versions, the machine, the kernel's settings, options, and what could not be read.
import type { FlightRecord, RecordHeader } from "../../export/record/record.js";
import { html } from "../parts/element.js";

export const environmentSection = ({ header, frames }: FlightRecord): HTMLElement => {
  const missing = frames.findLast((frame) => frame.missing && frame.missing.length > 0)?.missing ?? [];
  return html(
    "section",
    { class: "environment" },
    html("h2", {}, "Environment"),
    header ? pairs(factsOf(header)) : html("p", {}, "The line that told of it was lost."),
    ...folded("Kernel settings", Object.entries(header?.sysctl ?? {})),
    ...folded(
      "Options of the agent",
      Object.entries(header?.options ?? {}).map(([key, value]) => [key, inJson(value)]),
    ),
    ...folded(
      "Not seen",
      missing.map(({ source, reason }) => [source, reason]),
    ),
  );
};

type Pair = readonly [name: string, value: string];

const factsOf = (header: RecordHeader): readonly Pair[] => [
  ["sockscope", header.version],
  ["Node", header.node],
  ["kernel", header.kernel],
  ["host", header.hostname],
  ...(header.pid === undefined ? [] : [["pid", String(header.pid)] as const]),
  ["watched since", new Date(header.started).toISOString()],
  ...inventoryFacts(header.inventory),
];

/** What `systeminformation` said, as far as it is there. */
const inventoryFacts = (inventory: unknown): readonly Pair[] => {
  if (typeof inventory !== "object" || inventory === null) return [];
  return ["distribution", "virtualisation", "cpu"].flatMap((name) => {
    const value: unknown = Reflect.get(inventory, name);
    return typeof value === "string" ? [[name, value] as const] : [];
  });
};

const inJson = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

const pairs = (list: readonly Pair[]): HTMLElement =>
  html("dl", {}, ...list.map(([name, value]) => html("div", {}, html("dt", {}, name), html("dd", {}, value))));

const folded = (title: string, list: readonly Pair[]): readonly HTMLElement[] =>
  list.length === 0 ? [] : [html("details", {}, html("summary", {}, `${title} (${list.length})`), pairs(list))];
