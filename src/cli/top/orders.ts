// Which rows a panel shows, and in which order: `s` goes through the orders, `r` turns them round, the filter leaves out.
import type { Finding } from "../../explain/finding.js";
import { placeOf } from "../../explain/format.js";
import type { Frame, FrameConnection, FrameListener, FrameNic } from "../../export/frame/frame.js";
import type { PanelName, TopState } from "./state.js";
import { findingsOfListener, placesIn, rankOf, whyOf } from "./subjects.js";

export interface Order<Row> {
  readonly name: string;
  /** Head of the column that it goes by. */
  readonly head?: string | undefined;
  /** Greatest first; absent ones last. `undefined`: as they come. */
  readonly by?: ((row: Row, frame: Frame) => number | undefined) | undefined;
}

/** Finding first, then drops, then how full it is. */
const troubleOf = (row: FrameListener, frame: Frame): number => {
  const [gravest] = findingsOfListener(row, frame);
  return (gravest ? rankOf(gravest) * 1e12 : 0) + (row.dropped ?? 0) * 1e3 + row.peak / placesIn(row);
};

export const listenerOrders: readonly Order<FrameListener>[] = [
  { name: "trouble", by: troubleOf },
  { name: "queue", head: "queue", by: ({ length }) => length },
  { name: "peak", head: "peak", by: ({ peak }) => peak },
  { name: "drops", head: "drops", by: ({ drops }) => drops },
  { name: "oldest", head: "oldest", by: ({ oldestMs }) => oldestMs },
  { name: "accepted", head: "accept/s", by: ({ accepted }) => accepted },
];

export const connectionOrders: readonly Order<FrameConnection>[] = [
  { name: "trouble" },
  { name: "recv-Q", head: "recv-Q", by: ({ recvQBytes }) => recvQBytes },
  { name: "send-Q", head: "send-Q", by: ({ sendQBytes }) => sendQBytes },
  { name: "rtt", head: "rtt", by: ({ rttMs }) => rttMs },
  { name: "retransmits", head: "retr", by: ({ retransmitted }) => retransmitted },
  { name: "in", head: "in/s", by: ({ receiveRate }) => receiveRate },
  { name: "out", head: "out/s", by: ({ sendRate }) => sendRate },
];

const findingOrders: readonly Order<Finding>[] = [
  { name: "severity", by: rankOf },
  { name: "newest", by: ({ firstSeen }) => firstSeen },
];

const nicOrders: readonly Order<FrameNic>[] = [
  { name: "traffic", by: ({ rxByteRate = 0, txByteRate = 0 }) => rxByteRate + txByteRate },
];

export const orders: { readonly [Panel in PanelName]: readonly Order<never>[] } = {
  listeners: listenerOrders,
  connections: connectionOrders,
  findings: findingOrders,
  network: nicOrders,
};

const words: {
  readonly listeners: (row: FrameListener) => readonly unknown[];
  readonly connections: (row: FrameConnection) => readonly unknown[];
  readonly findings: (row: Finding) => readonly unknown[];
} = {
  listeners: ({ id, pid }) => [id, pid],
  connections: ({ local, remote, state, role, transport, pid, id }) => [local, remote, state, role, transport, pid, id],
  findings: ({ symptom, cause, severity, summary, subject }) => [
    symptom,
    cause,
    severity,
    summary,
    subject.path,
    subject.pid,
    subject.port === undefined ? "" : placeOf(subject),
  ],
};

const passes = (parts: readonly unknown[], filter: string): boolean =>
  filter === "" || parts.join(" ").toLowerCase().includes(filter.toLowerCase());

const sorted = <Row>(rows: readonly Row[], order: Order<Row>, frame: Frame, isReversed: boolean): readonly Row[] => {
  const { by } = order;
  const direction = isReversed ? -1 : 1;
  if (!by) return isReversed ? rows.toReversed() : rows;
  return rows
    .map((row) => ({ row, figure: by(row, frame) }))
    .toSorted((a, b) => {
      if (a.figure === undefined || b.figure === undefined)
        return Number(a.figure === undefined) - Number(b.figure === undefined);
      return direction * (b.figure - a.figure);
    })
    .map(({ row }) => row);
};

export interface Shown {
  readonly listeners: readonly FrameListener[];
  readonly connections: readonly FrameConnection[];
  readonly findings: readonly Finding[];
  readonly network: readonly FrameNic[];
}

const none: Shown = { listeners: [], connections: [], findings: [], network: [] };

/** So that rows of which nothing else tells them apart keep their places. */
const byPlace = (a: FrameListener, b: FrameListener): number =>
  (a.port ?? Number.POSITIVE_INFINITY) - (b.port ?? Number.POSITIVE_INFINITY) || (a.id < b.id ? -1 : 1);

/** The rows of each panel as they stand on the screen. */
export const shownRows = ({ frame, filter, sort, isReversed }: TopState): Shown => {
  if (!frame) return none;
  return {
    listeners: sorted(
      frame.listeners.filter((row) => passes(words.listeners(row), filter)).toSorted(byPlace),
      listenerOrders[sort.listeners]!,
      frame,
      isReversed.listeners,
    ),
    connections: sorted(
      (frame.connections?.rows ?? []).filter((row) => passes([...words.connections(row), whyOf(row, frame)], filter)),
      connectionOrders[sort.connections]!,
      frame,
      isReversed.connections,
    ),
    findings: sorted(
      frame.findings.filter((row) => passes(words.findings(row), filter)),
      findingOrders[sort.findings]!,
      frame,
      isReversed.findings,
    ),
    network: sorted(frame.network?.nics ?? [], nicOrders[sort.network]!, frame, isReversed.network),
  };
};

/** By which a row is found again in the next frame. */
export const idOf = (row: FrameListener | FrameConnection | Finding | FrameNic): string =>
  "id" in row ? row.id : row.name;
