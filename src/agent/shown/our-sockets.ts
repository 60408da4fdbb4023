// The sockets of the agent's own endpoint, by cookie: left out of everything that is reported. They are opened and
// accepted on the thread that looks, so none is met by a look before it is known here.
import type { Server, Socket } from "node:net";
import { readSockets } from "../../kernel/sockets.js";

export interface OurSockets {
  has(cookie: bigint): boolean;
  /** Until it closes. */
  add(socket: Server | Socket): void;
}

export const createOurSockets = (): OurSockets => {
  const cookies = new Set<bigint>();
  return {
    has: (cookie) => cookies.has(cookie),
    add(socket) {
      const table = readSockets([socket], { readings: ["cookie"] });
      const cookie = table.length > 0 ? table.row(0).cookie : undefined;
      if (cookie === undefined) return;
      cookies.add(cookie);
      socket.once("close", () => cookies.delete(cookie));
    },
  };
};
