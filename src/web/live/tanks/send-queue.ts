// The send queues of the process's connections: SIOCOUTQ, its unsent part SIOCOUTQNSD, and the peer's window (tcpi_snd_wnd).
import type { FrameConnection } from "../../../export/frame/frame.js";
import { orAbsent, size, sizeRate } from "../../parts/units.js";
import { sumOf, type Tank } from "./tank.js";

export const sendQueue: Tank = {
  id: "send",
  title: "Send queue",
  isCalmWhenFull: true,
  meaning: [
    "Bytes that write(2) has handed to the kernel and the peer has not acknowledged: part of them is under way, part not sent yet. Every connection has a queue of its own; when it is full, the kernel takes no more and Node keeps the rest in memory.",
    "The level is that of the fullest connection: what waits, against that and what the peer's window would still take. A transfer at full speed fills it, too; only a level that does not move is trouble.",
  ],
  symptoms: ["write-stalled", "write-buffered-in-process", "throughput-limited"],
  counters: ["RetransSegs", "TCPAbortOnMemory"],
  read({ connections }) {
    const rows = connections?.rows ?? [];
    const levels = rows.flatMap((row) => sendLevel(row) ?? []);
    const rate = sumOf(rows.map((row) => row.sendRate));
    const held = sumOf(rows.map(({ writableLength }) => writableLength));
    return {
      value: orAbsent(connections?.sendQBytes, size),
      level: levels.length === 0 ? undefined : Math.max(...levels),
      lines: [`${orAbsent(connections?.notSentBytes, size)} not sent`, `sent ${orAbsent(rate, sizeRate)}`],
      figures: [
        { name: "Not acknowledged", value: orAbsent(connections?.sendQBytes, size), kernel: "SIOCOUTQ" },
        { name: "Of it not sent", value: orAbsent(connections?.notSentBytes, size), kernel: "SIOCOUTQNSD" },
        { name: "Held by Node", value: orAbsent(held, size), kernel: "socket.writableLength" },
        { name: "Acknowledged, connections below", value: orAbsent(rate, sizeRate), kernel: "tcpi_bytes_acked" },
      ],
    };
  },
};

/** What waits against what could go: 1 when the peer's window takes no more. */
export const sendLevel = ({ sendQBytes, notSentBytes = 0, peerWindowBytes }: FrameConnection): number | undefined => {
  if (sendQBytes === undefined || peerWindowBytes === undefined) return undefined;
  const room = Math.max(0, peerWindowBytes - (sendQBytes - notSentBytes));
  return sendQBytes === 0 ? 0 : sendQBytes / (sendQBytes + room);
};
