// Says once that not every socket is read at every interval: a finding may then come an interval or two later.
import type { ConnectionsReading } from "../../snapshot/connection.js";

/** A process that has just opened thousands is caught up with by then. */
const looksAtLeast = 5;

/** Takes each look at all connections; the sentence to be said, or `undefined`. */
export const createSamplingNotice = (): ((look: Pick<ConnectionsReading, "read" | "total">) => string | undefined) => {
  let looks = 0;
  let isSaid = false;
  return ({ read, total }) => {
    looks = read < total ? looks + 1 : 0;
    if (isSaid || looks < looksAtLeast) return undefined;
    isSaid = true;
    return `connections are sampled: ${read} of ${total} sockets at an interval, the others in turn`;
  };
};
