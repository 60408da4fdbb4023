// The two lines at the top: what is watched and when, then how the process does; and the line of keys at the bottom.
import type { Frame } from "../../export/frame/frame.js";
import { count } from "../../explain/format.js";
import type { Paint, Style } from "../view/paint.js";
import { bar } from "./bars.js";
import { clock, shortShare, shortTime, whole } from "./figures.js";
import { cutEnd } from "./grid.js";
import type { TopState } from "./state.js";

/** A text and how it is painted; what does not fit is left out from the end. */
export type Part = readonly [text: string, style?: Style | undefined];

export const partsLine = (parts: readonly Part[], width: number, gap: string, paint: Paint): string => {
  let used = 0;
  const shown: string[] = [];
  for (const [text, style] of parts) {
    const more = shown.length === 0 ? 0 : gap.length;
    if (shown.length > 0 && used + more + text.length > width) break;
    const cut = cutEnd(text, width - used - more);
    shown.push(style === undefined ? cut : paint(style, cut));
    used += more + cut.length;
  }
  return shown.join(gap);
};

/** Words and, at the other end of the line, the first of `rights` that leaves them room. */
const ends = (words: string, rights: readonly string[], style: Style, width: number, paint: Paint): string => {
  const right = rights.find((text) => width - text.length - 2 >= Math.min(20, words.length)) ?? "";
  const cut = cutEnd(words, right === "" ? width : width - right.length - 2);
  const gap = right === "" ? 0 : width - cut.length - right.length;
  return `${paint("bold", cut)}${" ".repeat(gap)}${paint(style, right)}`;
};

export const titleLine = (
  { what, frame, intervalMs, isPaused, note }: TopState,
  width: number,
  paint: Paint,
): string => {
  const when = frame === undefined ? "" : clock(frame.time);
  const running = isPaused ? [`PAUSED at ${when}`, "PAUSED"] : [`every ${shortTime(intervalMs)}  ${when}`, when];
  const rights = note === undefined ? running : [note];
  return ends(`sockscope  ${what}`, rights, note !== undefined || isPaused ? "yellow" : "dim", width, paint);
};

const isGrave = (frame: Frame): boolean =>
  frame.findings.some(({ state, severity }) => state === "active" && severity !== "info");

const processParts = ({ process, loops }: Frame): readonly Part[] => {
  if (!process) return [];
  const { mainCpuShare, mainWaitShare, fds, throttledMs } = process;
  const idle = loops.find(({ main }) => main)?.idleShare;
  return [
    ...(mainCpuShare === undefined
      ? []
      : [[`CPU ${bar(mainCpuShare, 8)} ${(shortShare(mainCpuShare) ?? "").padStart(5)}`] as const]),
    ...(idle === undefined ? [] : [[`loop idle ${shortShare(idle)}`] as const]),
    ...(mainWaitShare === undefined ? [] : [[`CPU wait ${shortShare(mainWaitShare)}`] as const]),
    ...(fds === undefined ? [] : [[`fds ${whole(fds.open)} of ${whole(fds.limit)}`] as const]),
    ...(throttledMs ? [[`throttled ${shortTime(throttledMs)}`, "yellow"] as const] : []),
  ];
};

const stallParts = ({ stalls }: Frame): readonly Part[] => {
  const [longest] = stalls.toSorted((a, b) => b.lastedMs - a.lastedMs);
  if (!longest) return [];
  const where = longest.frames[0] === undefined ? "" : ` in ${longest.frames[0]}`;
  return [[`blocked ${shortTime(longest.lastedMs)}${where}`, "red"]];
};

/** Of a process: how its main thread does. Of a machine: how much there is. */
export const statusLine = ({ frame, what }: TopState, width: number, paint: Paint): string => {
  if (!frame) return paint("dim", "looking …");
  const { process, connections, observerShare, missing = [] } = frame;
  const counts: readonly Part[] = [
    [count(frame.listeners.length + (frame.moreListeners ?? 0), "listener")],
    ...(connections ? [[`${whole(connections.total)} connections`] as const] : []),
  ];
  const name: readonly Part[] = process && !what.startsWith("pid ") ? [[`pid ${process.pid}`]] : [];
  const parts = process ? [...name, ...stallParts(frame), ...processParts(frame)] : counts;
  const own: readonly Part[] =
    observerShare === undefined ? [] : [[`sockscope itself ${shortShare(observerShare)}`, "dim"]];
  const calm: readonly Part[] = isGrave(frame) ? [] : [["nothing to act on", "green"]];
  const unread: readonly Part[] =
    missing.length === 0 ? [] : [[`not readable: ${missing.map(({ source }) => source).join(", ")}`, "dim"]];
  return partsLine([...parts, ...calm, ...own, ...unread], width, "   ", paint);
};

const keys: readonly (readonly [key: string, what: string])[] = [
  ["q", "quit"],
  ["↑↓", "choose"],
  ["⏎", "explain"],
  ["tab", "panel"],
  ["s", "sort"],
  ["/", "filter"],
  ["p", "pause"],
  ["?", "help"],
];

/** The filter while it is typed or holds, else the keys. */
export const footerLine = ({ filter, isTyping, isPaused, overlay }: TopState, width: number, paint: Paint): string => {
  if (isTyping) return cutEnd(`filter: ${filter}▏`, width);
  const closing: readonly (readonly [string, string])[] = [
    ["esc", "back"],
    ["↑↓", "scroll"],
    ["q", "quit"],
  ];
  const shown = overlay ? closing : keys;
  const parts = shown.map(([key, what]) => [`${key} ${key === "p" && isPaused ? "go on" : what}`] as const);
  const filtered: readonly Part[] = filter === "" || overlay ? [] : [[`filter "${filter}" (esc: all)`, "yellow"]];
  return partsLine([...filtered, ...parts.map(([text]): Part => [text, "dim"])], width, "  ", paint);
};
