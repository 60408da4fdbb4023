// Of which sockets rows are made, where more are worth a look than can be explained in the time.
import type { OwnSocket } from "./own-sockets.js";

export const rowsAtMost = 1024;
/** Of those whose bytes were not there at the look before: nearly all are merely on their way. */
export const newRowsAtMost = 256;

type Candidate = Pick<OwnSocket, "heldLooks" | "shownUntil" | "state">;

/** Those in trouble lately and those that hold bytes, the longest first. */
export const choose = <Socket extends Candidate>(sockets: readonly Socket[], at: number): readonly Socket[] => {
  const shown: Socket[] = [];
  const fresh: Socket[] = [];
  for (const socket of sockets) {
    // Met before it began to listen: a listener is no connection.
    if (socket.state === "LISTEN") continue;
    if (socket.shownUntil > at || socket.heldLooks > 1) shown.push(socket);
    else if (socket.heldLooks > 0 && fresh.length < newRowsAtMost) fresh.push(socket);
  }
  const chosen = [...shown, ...fresh];
  if (chosen.length <= rowsAtMost) return chosen;
  return chosen.toSorted((a, b) => b.heldLooks - a.heldLooks).slice(0, rowsAtMost);
};
