// The SYN queue: handshakes under way (SYN_RECV) at the chosen listener.
import { orAbsent, tally } from "../../parts/units.js";
import { roomOf, type Tank } from "./tank.js";

export const synQueue: Tank = {
  id: "syn",
  title: "SYN queue",
  meaning: [
    "A client's SYN has come and was answered; the third packet of its handshake has not come yet. The listener holds a small entry for it.",
    "When there is no room, Linux answers with a SYN cookie and remembers nothing, or drops the SYN: the client tries again after a second.",
  ],
  symptoms: ["syn-queue-overflow", "ghost-connections"],
  counters: [
    "SyncookiesSent",
    "SyncookiesRecv",
    "SyncookiesFailed",
    "TCPReqQFullDrop",
    "TCPReqQFullDoCookies",
    "EmbryonicRsts",
  ],
  read({ listener }) {
    const half = listener?.synRecv;
    const room = listener && roomOf(listener);
    return {
      value: orAbsent(half, tally),
      level: half === undefined || room === undefined ? undefined : Math.min(1, half / room),
      lines: [half === undefined ? "not counted now" : "half-open"],
      figures: [
        { name: "Half-open connections", value: orAbsent(half, tally), kernel: "SYN_RECV, sock_diag" },
        { name: "Room", value: orAbsent(room, tally), kernel: "sk_max_ack_backlog + 1" },
      ],
    };
  },
};
