// The listeners that were seen, as a table. Pure.
import type { WatchedListener } from "../outside/listener-log.js";
import type { View } from "./finding.js";

const heads = ["listener", "pid", "queue", "peak", "limit", "drops"] as const;

const nameOf = ({ address, port, path }: WatchedListener): string =>
  path ?? `${address?.includes(":") ? `[${address}]` : (address ?? "*")}:${port}`;

const dropsOf = ({ drops, newDrops }: WatchedListener): string =>
  drops === undefined ? "-" : newDrops ? `${drops} (+${newDrops})` : String(drops);

/** Header and one line a listener, none wider than the width: long paths lose their beginning. */
export const listenerLines = (listeners: readonly WatchedListener[], { width, paint }: View): readonly string[] => {
  const cells = listeners.map((row) => [
    nameOf(row),
    row.pid === undefined ? "?" : String(row.pid),
    String(row.length),
    String(row.peak),
    String(row.limit),
    dropsOf(row),
  ]);
  const widths = heads.map((head, index) => Math.max(head.length, ...cells.map((row) => row[index]!.length)));
  const others = widths.slice(1).reduce((sum, each) => sum + each + 2, 0);
  widths[0] = Math.max(heads[0].length, Math.min(widths[0]!, width - others - 2));
  const line = (row: readonly string[]): string =>
    `  ${row
      .map((cell, index) =>
        index === 0 ? shorten(cell, widths[0]!).padEnd(widths[0]!) : cell.padStart(widths[index]!),
      )
      .join("  ")}`;
  return [paint("dim", line(heads)), ...cells.map(line)];
};

const shorten = (text: string, width: number): string => (text.length <= width ? text : `…${text.slice(1 - width)}`);
