// The readings and the advice as lines of text. Pure.
import type { Advice } from "../../explain/advice/adviser.js";
import { placeOf } from "../../explain/format.js";
import type { Nic } from "../../kernel/index.js";
import type { Paint } from "../view/paint.js";
import { wrap } from "../view/columns.js";
import { hostLines, interfaceLines } from "./below-lines.js";
import type { DoctorNic } from "./below.js";
import type { DoctorReadings } from "./readings.js";

/** The whole report; `width` columns. */
export function reportOf(
  readings: DoctorReadings,
  advice: readonly Advice[],
  width: number,
  paint: Paint,
): readonly string[] {
  const section = (title: string, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : ["", paint("bold", title), ...lines];
  return [
    ...wrap(machine(readings), width),
    ...section("Can be read here", support(readings, width)),
    ...section("Listeners (limit + 1 connections fit; drops: segments, since they exist)", listenerTable(readings)),
    ...section("Settings of this network namespace", wrap(settings(readings), width, "  ")),
    ...section(
      "Interfaces",
      shownInterfaces(readings).flatMap((nic) => [
        `  ${interfaceLine(nic, readings)}`,
        ...(readings.below ? interfaceLines(nic, readings.below, width) : []),
      ]),
    ),
    ...section("Receive work and memory (of the whole host)", readings.below ? hostLines(readings.below, width) : []),
    ...section("What will hurt", adviceLines(advice, width, paint)),
    "",
    verdict(readings, advice),
  ];
}

function machine({ kernel, node, cpus, inventory }: DoctorReadings): string {
  const facts = [
    `Linux ${kernel}`,
    inventory?.distribution,
    inventory?.virtualisation === undefined ? undefined : `virtual (${inventory.virtualisation})`,
    cpus === undefined
      ? undefined
      : `${cpus} CPU${cpus === 1 ? "" : "s"}${inventory?.cpu ? ` (${inventory.cpu})` : ""}`,
    inventory?.memoryBytes === undefined ? undefined : `${(inventory.memoryBytes / 2 ** 30).toFixed(1)} GiB`,
    `Node ${node}`,
  ];
  return facts.filter((fact) => fact !== undefined).join(", ");
}

function support({ support: sources, missing }: DoctorReadings, width: number): readonly string[] {
  const names = Object.entries(sources);
  const yes = names.filter(([, { available }]) => available).map(([name]) => name);
  const no = [
    ...names.filter(([, { available }]) => !available).map(([name, { reason }]) => `${name}: ${reason ?? "unknown"}`),
    ...missing.map(({ source, reason }) => `${source}: ${reason}`),
  ];
  return [
    ...(yes.length === 0 ? [] : wrap(yes.join(", "), width, "  yes  ", "       ")),
    ...no.flatMap((line) => wrap(line, width, "  no   ", "       ")),
  ];
}

function listenerTable({ listeners, processes }: DoctorReadings): readonly string[] {
  if (listeners === undefined) return ["  unknown: they cannot be read from here"];
  if (listeners.length === 0) return ["  none"];
  const command = (pid: number | undefined): string =>
    pid === undefined ? "?" : `${processes.find((one) => one.pid === pid)?.command ?? "?"} (${pid})`;
  const rows = [
    ["address", "length", "limit", "drops", "process"],
    ...listeners.map((listener) => [
      placeOf(listener),
      String(listener.length),
      String(listener.limit),
      listener.drops === undefined ? "-" : String(listener.drops),
      command(listener.pid),
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map(
    ([at, ...rest]) =>
      `  ${at!.padEnd(widths[0]!)}  ${rest
        .slice(0, 3)
        .map((cell, column) => cell.padStart(widths[column + 1]!))
        .join("  ")}  ${rest[3]}`,
  );
}

function settings({ settings: values }: DoctorReadings): string {
  const pairs = Object.entries(values).filter(([, value]) => value !== undefined);
  if (pairs.length === 0) return "unknown: they cannot be read from here";
  return pairs.map(([name, value]) => `${name} ${Array.isArray(value) ? value.join("/") : value}`).join(", ");
}

/** Of another network namespace sysfs shows nothing, rtnetlink does. */
function shownInterfaces({ below, interfaces }: DoctorReadings): readonly (DoctorNic | Nic)[] {
  return below && below.nics.length > 0 ? below.nics : interfaces;
}

function interfaceLine(nic: DoctorNic | Nic, { inventory }: DoctorReadings): string {
  const more = inventory?.interfaces.find(({ name }) => name === nic.name);
  const facts = [
    nic.name,
    nic.operstate,
    more?.type,
    more?.isDefault ? "default route" : undefined,
    nic.driver === undefined ? undefined : `driver ${nic.driver}`,
    nic.speedMbit === undefined ? undefined : `${nic.speedMbit} Mbit/s`,
    nic.mtuBytes === undefined ? undefined : `MTU ${nic.mtuBytes}`,
  ];
  return facts.filter((fact) => fact !== undefined).join(", ");
}

const styles = { critical: "red", warning: "yellow", info: "dim" } as const;

function adviceLines(advice: readonly Advice[], width: number, paint: Paint): readonly string[] {
  return advice.flatMap(({ severity, subject, because, remedy }) => {
    const mark = paint(styles[severity], severity.padEnd(8));
    const hang = " ".repeat(12);
    return [
      ...wrap(`${subject}: ${because}`, width, `  ${mark}  `, hang),
      ...(remedy === undefined ? [] : wrap(`do: ${remedy}`, width, hang)),
    ];
  });
}

function verdict({ missing }: DoctorReadings, advice: readonly Advice[]): string {
  const acting = advice.filter(({ severity }) => severity !== "info").length;
  if (acting > 0) return `${acting} thing${acting === 1 ? "" : "s"} to act on.`;
  return `Nothing to act on${missing.length === 0 ? "" : " in what could be read"}.`;
}
