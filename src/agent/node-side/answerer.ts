// The main thread's answers about the few sockets that a finding concerns: what Node's streams know of them. Nothing here
// runs by itself; questions are answered twice a second at most, about a bounded number of sockets (0.1 ms).
import type { Socket } from "node:net";
import { SocketTable } from "../../kernel/socket-table.js";
import { readSockets } from "../../kernel/sockets.js";
import type { NodeSide } from "../../snapshot/connection.js";
import type { AskedSocket, NodeAnswer } from "../messages.js";
import { nodeSideOf } from "./node-side-of.js";
import { createSocketFinder } from "./socket-finder.js";

export interface AnswererOptions {
  /** Monotonic ms. */
  readonly now: () => number;
  /** Where a socket was made and paused; only with `detail: "connections"`. */
  readonly originOf?: ((socket: Socket) => Pick<NodeSide, "stack" | "pausedAt">) | undefined;
}

/** Further ones are asked about next time. */
const socketsAtMost = 20;
/** Questions that come faster get no answers: half a second, less what this thread may have been late for the last one. */
const pauseMs = 200;

/** Answers about those of the sockets that are net.Sockets and still the same; never throws. */
export type Answerer = (sockets: readonly AskedSocket[]) => readonly NodeAnswer[];

export const createAnswerer = ({ now, originOf }: AnswererOptions): Answerer => {
  const finder = createSocketFinder();
  const table = new SocketTable(socketsAtMost);
  let answeredAt = Number.NEGATIVE_INFINITY;

  const answer = (asked: readonly AskedSocket[], at: number): readonly NodeAnswer[] => {
    const fds = asked.map(({ fd }) => fd);
    const found = finder.find(fds, at);
    // A descriptor is a socket only as long as its cookie is the one that was asked about.
    const rows = readSockets(Int32Array.from(fds), { readings: ["cookie"], into: table });
    return asked.flatMap(({ fd, cookie }, i) => {
      const socket = found.get(fd);
      if (!socket || i >= rows.length || rows.row(i).cookie !== cookie) return [];
      return [{ cookie, node: { ...nodeSideOf(socket), ...originOf?.(socket) } }];
    });
  };

  return (sockets) => {
    const at = now();
    if (at - answeredAt < pauseMs) return [];
    answeredAt = at;
    try {
      return answer(sockets.slice(0, socketsAtMost), at);
    } catch {
      return [];
    }
  };
};
