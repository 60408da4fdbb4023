// The accept queue of the chosen listener: TCP_INFO of a LISTEN socket, SO_MEMINFO[8].
import type { Figure } from "../../parts/figure.js";
import type { FrameListener } from "../../../export/frame/frame.js";
import { millis, orAbsent, perSecond, rateOf, tally } from "../../parts/units.js";
import { roomOf, type Tank } from "./tank.js";

export const acceptQueue: Tank = {
  id: "accept",
  title: "Accept queue",
  meaning: [
    "Connections that are complete for the kernel and for the client, and wait until the application accepts them. Node accepts one an iteration of its event loop: while the loop is blocked, nobody is let in.",
    "It holds one more than its limit, which is the smaller of what listen(2) was asked for and net.core.somaxconn. What comes when it is full is dropped, and the client waits at least a second.",
  ],
  symptoms: [
    "accept-queue-overflow",
    "accept-queue-pressure",
    "accept-wait",
    "abandoned-in-queue",
    "connections-reset",
    "connections-shed",
  ],
  counters: ["ListenOverflows", "ListenDrops", "PassiveOpens", "TCPDeferAcceptDrop"],
  read({ listener, frame }) {
    if (!listener) return { value: "–", lines: ["no listener"], figures: [] };
    const { length, oldestMs, dropped } = listener;
    const accepted = rateOf(listener.accepted, frame.intervalMs);
    return {
      value: `${tally(length)} of ${tally(roomOf(listener))}`,
      level: Math.min(1, length / roomOf(listener)),
      lines: [
        `peak ${tally(listener.peak)}`,
        `${orAbsent(accepted, perSecond)} accepted`,
        ...(oldestMs === undefined ? [] : [`oldest ${millis(oldestMs)}`]),
      ],
      dropped,
      figures: figuresOf(listener, accepted),
    };
  },
};

const figuresOf = (listener: FrameListener, accepted: number | undefined): readonly Figure[] => {
  const isTcp = listener.transport === "tcp";
  return [
    {
      name: "Waiting now",
      value: tally(listener.length),
      kernel: isTcp ? "tcpi_unacked of the listener" : "udiag_rqueue",
    },
    { name: "Limit", value: tally(listener.limit), kernel: isTcp ? "tcpi_sacked, sk_max_ack_backlog" : "udiag_wqueue" },
    { name: "Asked for", value: orAbsent(listener.listenBacklog, tally), kernel: "listen(2)" },
    { name: "Most in this interval", value: tally(listener.peak) },
    { name: "Oldest has waited", value: orAbsent(listener.oldestMs, millis), kernel: "tcpi_last_data_sent" },
    { name: "Accepted", value: orAbsent(accepted, perSecond), kernel: "estimate: new descriptors" },
    { name: "Dropped in this interval", value: orAbsent(listener.dropped, tally), kernel: "SO_MEMINFO[8]" },
    { name: "Dropped ever", value: orAbsent(listener.drops, tally), kernel: "SO_MEMINFO[8]" },
  ];
};
