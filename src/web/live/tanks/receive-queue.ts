// The receive queues of the process's connections: SIOCINQ, and the window that is still offered (tcpi_rcv_wnd).
import type { FrameConnection } from "../../../export/frame/frame.js";
import { orAbsent, size, sizeRate } from "../../parts/units.js";
import { sumOf, type Tank } from "./tank.js";

export const receiveQueue: Tank = {
  id: "receive",
  title: "Receive queue",
  meaning: [
    "Bytes that have arrived, were acknowledged, and were not read by the application; every connection has a queue of its own. As it fills, the window that is offered to the peer shrinks; at zero the peer has to stop.",
    "The level is that of the fullest connection: what waits, against that and the window still offered.",
  ],
  symptoms: ["read-stalled", "data-pruned", "datagrams-dropped", "memory-pressure"],
  counters: ["RcvPruned", "TCPRcvQDrop"],
  read({ connections }) {
    const rows = connections?.rows ?? [];
    const levels = rows.flatMap((row) => receiveLevel(row) ?? []);
    const rate = sumOf(rows.map(({ receiveRate }) => receiveRate));
    return {
      value: orAbsent(connections?.recvQBytes, size),
      level: levels.length === 0 ? undefined : Math.max(...levels),
      lines: ["unread", `read ${orAbsent(rate, sizeRate)}`],
      figures: [
        { name: "Unread in all", value: orAbsent(connections?.recvQBytes, size), kernel: "SIOCINQ" },
        { name: "Arrives, connections below", value: orAbsent(rate, sizeRate), kernel: "tcpi_bytes_received" },
        ...fullest(rows),
      ],
    };
  },
};

/** What waits against what could: 1 when the offered window is shut. */
export const receiveLevel = ({ recvQBytes, ownWindowBytes }: FrameConnection): number | undefined => {
  if (recvQBytes === undefined || ownWindowBytes === undefined) return undefined;
  return recvQBytes === 0 ? 0 : recvQBytes / (recvQBytes + ownWindowBytes);
};

const fullest = (rows: readonly FrameConnection[]): readonly { name: string; value: string; kernel?: string }[] => {
  const [row] = rows.filter(({ recvQBytes = 0 }) => recvQBytes > 0).sort((a, b) => b.recvQBytes! - a.recvQBytes!);
  if (!row) return [];
  return [
    { name: `Most at ${row.remote ?? row.local ?? `fd ${row.fd}`}`, value: size(row.recvQBytes!), kernel: "SIOCINQ" },
    { name: "Window still offered to it", value: orAbsent(row.ownWindowBytes, size), kernel: "tcpi_rcv_wnd" },
  ];
};
