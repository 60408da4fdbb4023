// What lies below the sockets, once a second, for one of the processes watched: it is the namespace's and the host's, and
// each would tell the same again.
import { openNetworkWatch } from "../../agent/network-watch.js";
import type { NetworkReading } from "../../snapshot/network.js";
import type { Counters } from "../../snapshot/snapshot.js";

export interface NetworkLook {
  /** `undefined`: not this time. */
  read(at: number, counters: Counters | undefined): NetworkReading | undefined;
  close(): void;
}

const everyMs = 1000;

/** Without `pid` the cgroup is left out: it would be this command's own. `isLive`: a person looks at the figures. */
export const openNetworkLook = (pid: number | undefined, isLive: boolean): NetworkLook => {
  const watch = openNetworkWatch({ pid, isLive });
  let lookedAt = Number.NEGATIVE_INFINITY;
  return {
    read: (at, counters) => {
      if (at - lookedAt < everyMs) return undefined;
      lookedAt = at;
      const reading = watch.read(at, false, counters);
      return reading && pid === undefined ? { ...reading, cgroupMemory: undefined } : reading;
    },
    close: () => watch.close(),
  };
};
