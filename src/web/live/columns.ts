// The columns of the table of connections: how each is read, written, sorted and explained. No DOM.
import type { FrameConnection } from "../../export/frame/frame.js";
import { absent, millis, orAbsent, size, sizeRate, tally } from "../parts/units.js";

export interface Column {
  readonly id: string;
  readonly title: string;
  readonly kernel?: string | undefined;
  readonly text: (row: FrameConnection) => string;
  /** What it sorts by; text sorts by itself. */
  readonly figure?: ((row: FrameConnection) => number | undefined) | undefined;
  /** Left out on a phone; the panel has it. */
  readonly isMinor?: boolean | undefined;
}

type NumberKey = {
  [K in keyof FrameConnection]-?: FrameConnection[K] extends number | undefined ? K : never;
}[keyof FrameConnection];

const figures = (
  rows: readonly (readonly [
    id: NumberKey,
    title: string,
    kernel: string,
    write: (n: number) => string,
    isMinor?: boolean,
  ])[],
): readonly Column[] =>
  rows.map(([id, title, kernel, write, isMinor]) => ({
    id,
    title,
    kernel,
    text: (row) => orAbsent(row[id], write),
    figure: (row) => row[id],
    isMinor,
  }));

export const placeOfRow = ({ remote, local, fd, id }: FrameConnection): string =>
  remote ?? local ?? (fd === undefined ? id : `fd ${fd}`);

export const columns: readonly Column[] = [
  { id: "peer", title: "Peer", text: placeOfRow },
  { id: "state", title: "State", text: ({ state, transport }) => state ?? transport, isMinor: true },
  { id: "role", title: "Role", text: ({ role }) => role ?? absent, isMinor: true },
  ...figures([
    ["recvQBytes", "Unread", "SIOCINQ", size],
    ["sendQBytes", "Unacked", "SIOCOUTQ", size],
    ["notSentBytes", "Not sent", "SIOCOUTQNSD", size, true],
    ["writableLength", "Held by Node", "socket.writableLength", size, true],
    ["rttMs", "RTT", "tcpi_rtt", millis],
    ["retransmitted", "Sent again", "tcpi_total_retrans", tally, true],
    ["sendRate", "Sends", "tcpi_bytes_acked", sizeRate, true],
    ["receiveRate", "Receives", "tcpi_bytes_received", sizeRate, true],
  ]),
];

/** What else the panel says of a connection. */
export const moreFigures: readonly Column[] = figures([
  ["minRttMs", "Least RTT", "tcpi_min_rtt", millis],
  ["peerWindowBytes", "Window of the peer", "tcpi_snd_wnd", size],
  ["ownWindowBytes", "Window offered to it", "tcpi_rcv_wnd", size],
  ["congestionWindow", "Congestion window, segments", "tcpi_snd_cwnd", tally],
  ["fd", "Descriptor", "fd", tally],
]);

export interface Sorting {
  readonly column: string;
  readonly descending: boolean;
}

/** Worst first, as they came, without a sorting; what was not read goes last in any. */
export const sorted = (rows: readonly FrameConnection[], sorting: Sorting | undefined): readonly FrameConnection[] => {
  const column = columns.find(({ id }) => id === sorting?.column);
  if (!column || !sorting) return rows;
  const sign = sorting.descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    if (!column.figure) return sign * column.text(a).localeCompare(column.text(b), "en", { numeric: true });
    const [one, other] = [column.figure(a), column.figure(b)];
    if (one === undefined || other === undefined) return Number(one === undefined) - Number(other === undefined);
    return sign * (one - other);
  });
};

/** A press on a heading: figures from the largest, words from A; then turned; then worst first again. */
export const nextSorting = (now: Sorting | undefined, column: Column): Sorting | undefined => {
  const first = column.figure !== undefined;
  if (now?.column !== column.id) return { column: column.id, descending: first };
  return now.descending === first ? { column: column.id, descending: !first } : undefined;
};
