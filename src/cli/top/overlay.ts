// What covers the panels for a while: the help, or everything that is known of the row that was chosen.
import type { Frame, FrameConnection, FrameListener, FrameNic } from "../../export/frame/frame.js";
import type { Finding } from "../../explain/finding.js";
import { bytes, bytesPerSecond, count, duration, rate } from "../../explain/format.js";
import { table } from "../view/columns.js";
import { figureLines } from "../view/cells.js";
import { findingLines } from "../view/finding.js";
import { type Paint, plain } from "../view/paint.js";
import { cutEnd } from "./grid.js";
import { helpRows } from "./help.js";
import { perSecond } from "./listeners-panel.js";
import { idOf } from "./orders.js";
import { bodyRows, type Size } from "./size.js";
import type { Overlay, PanelName, TopState } from "./state.js";
import { findingsOfConnection, findingsOfListener, placesIn } from "./subjects.js";

type Fact = readonly [name: string, value: string | undefined];

const known = (facts: readonly Fact[]): readonly (readonly [string, string])[] =>
  facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));

const says = <Value>(value: Value | undefined, words: (value: Value) => string): string | undefined =>
  value === undefined ? undefined : words(value);

const segments = (n: number): string => count(n, "segment");

const listenerFacts = (row: FrameListener, frame: Frame): readonly Fact[] => [
  ["held by", says(row.pid, (pid) => `pid ${pid}`)],
  ["accept queue", `${row.length} of ${placesIn(row)} places are taken; ${row.peak} at most in this interval`],
  ["limit", `${row.limit}${row.listenBacklog === undefined ? "" : `; listen(2) was asked for ${row.listenBacklog}`}`],
  ["sockets", says(row.members, (n) => `${n} share the port (SO_REUSEPORT)`)],
  ["oldest waits", says(row.oldestMs, duration)],
  ["dropped", says(row.dropped, (n) => `${segments(n)} in this interval`)],
  ["since it exists", says(row.drops, segments)],
  ["accepted", says(perSecond(row.accepted, frame), (n) => `${rate(n)} a second`)],
  ["handshakes open", says(row.synRecv, String)],
];

const connectionFacts = (row: FrameConnection): readonly Fact[] => [
  ["from, to", `${row.local ?? "*"} - ${row.remote ?? "*"}`],
  ["state", `${row.state ?? row.transport}${row.role === undefined ? "" : `, ${row.role}'s end`}`],
  ["held by", says(row.pid, (pid) => `pid ${pid}${row.fd === undefined ? "" : `, fd ${row.fd}`}`)],
  ["arrived, not read", says(row.recvQBytes, bytes)],
  ["not acknowledged", says(row.sendQBytes, bytes)],
  ["of it not sent yet", says(row.notSentBytes, bytes)],
  ["held by Node", says(row.writableLength, bytes)],
  ["reading", row.isPaused === undefined ? undefined : row.isPaused ? "paused" : "flowing"],
  ["peer's window", says(row.peerWindowBytes, bytes)],
  ["own window", says(row.ownWindowBytes, bytes)],
  ["congestion window", says(row.congestionWindow, segments)],
  [
    "round trip",
    says(row.rttMs, (ms) => `${rate(ms)} ms${row.minRttMs === undefined ? "" : `, ${rate(row.minRttMs)} ms at best`}`),
  ],
  ["sent again", says(row.retransmitted, (n) => `${segments(n)} in this interval`)],
  ["receives", says(row.receiveRate, bytesPerSecond)],
  ["sends", says(row.sendRate, bytesPerSecond)],
];

const nicFacts = (nic: FrameNic): readonly Fact[] => [
  ["driver", nic.driver],
  ["in", says(nic.rxPacketRate, (n) => `${rate(n)} packets/s, ${bytesPerSecond(nic.rxByteRate ?? 0)}`)],
  ["out", says(nic.txPacketRate, (n) => `${rate(n)} packets/s, ${bytesPerSecond(nic.txByteRate ?? 0)}`)],
  ["lost in the ring", says(nic.rxMissed, (n) => count(n, "packet"))],
  ["dropped on the way in", says(nic.rxDropped, (n) => count(n, "packet"))],
  ["dropped on the way out", says(nic.txDropped, (n) => count(n, "packet"))],
  ["thrown away by a qdisc", says(nic.qdiscDropped, (n) => count(n, "packet"))],
  ["wait to leave", says(nic.qdiscQueuedPackets, (n) => count(n, "packet"))],
  ["receive ring", says(nic.ringRx, (n) => `${n} descriptors`)],
  ["packets an interrupt", says(nic.packetsPerInterrupt, (n) => String(rate(n)))],
  ["works", nic.mode === "unknown" ? undefined : nic.mode],
];

interface Details {
  readonly title: string;
  readonly facts: readonly Fact[];
  readonly findings: readonly Finding[];
}

const detailsOf: {
  readonly [Panel in PanelName]: (frame: Frame, id: string) => Details | undefined;
} = {
  listeners: (frame, id) => {
    const row = frame.listeners.find((one) => idOf(one) === id);
    return (
      row && { title: `listener ${id}`, facts: listenerFacts(row, frame), findings: findingsOfListener(row, frame) }
    );
  },
  connections: (frame, id) => {
    const row = frame.connections?.rows.find((one) => idOf(one) === id);
    return row && { title: "connection", facts: connectionFacts(row), findings: findingsOfConnection(row, frame) };
  },
  findings: (frame, id) => {
    const finding = frame.findings.find((one) => one.id === id);
    return finding && { title: "finding", facts: [], findings: [finding] };
  },
  network: (frame, id) => {
    const nic = frame.network?.nics.find(({ name }) => name === id);
    return nic && { title: `interface ${id}`, facts: nicFacts(nic), findings: [] };
  },
};

const detailLines = (
  frame: Frame | undefined,
  { panel, id }: Extract<Overlay, { kind: "details" }>,
  width: number,
  paint: Paint,
): readonly string[] => {
  const details = frame && detailsOf[panel](frame, id);
  if (!details) return ["It is not there any more."];
  const { title, facts, findings } = details;
  const shown = known(facts);
  const view = { width, paint };
  return [
    paint("bold", title),
    ...(shown.length === 0 ? [] : figureLines(shown).map((line) => `  ${line}`)),
    ...findings.flatMap((finding) => ["", ...findingLines(finding, view, Number.POSITIVE_INFINITY)]),
    ...(findings.length > 0 || panel === "network" ? [] : ["", "No finding names it."]),
  ];
};

const helpLines = (width: number, paint: Paint): readonly string[] =>
  helpRows.flatMap(([title, rows], i) => [...(i > 0 ? [""] : []), paint("bold", title), ...table(rows, width)]);

/** All lines of what covers the panels. */
const coverLines = (state: TopState, width: number, paint: Paint): readonly string[] =>
  state.overlay?.kind === "details" ? detailLines(state.frame, state.overlay, width, paint) : helpLines(width, paint);

const mostAbove = (lines: number, rows: number): number => (lines > rows ? lines - rows + 1 : 0);

/** How far it can be scrolled. */
export const lastTop = (state: TopState, size: Size): number =>
  mostAbove(coverLines(state, size.columns, plain).length, bodyRows(size));

/** The part of it that is in view; the last line says when there is more. */
export const overlayLines = (state: TopState, { columns, rows }: Size, paint: Paint): readonly string[] => {
  const lines = coverLines(state, columns, paint);
  const most = mostAbove(lines.length, rows);
  if (lines.length <= rows) return lines;
  const top = Math.min(state.overlayTop, most);
  const below = lines.length - top - (rows - 1);
  const more = below > 0 ? `… ${count(below, "more line")} (↓)` : "";
  return [...lines.slice(top, top + rows - 1), paint("dim", cutEnd(more, columns))];
};
