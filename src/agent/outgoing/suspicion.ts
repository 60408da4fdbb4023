// Whether connects may be failing, from what is read anyway: then, and only then, the main thread is asked to listen to
// its own. `AttemptFails` and TIME-WAIT are of the whole network namespace: they make a suspicion, never a finding.
import { openReader } from "../../kernel/proc-reader.js";
import { readSysctl } from "../../kernel/sysctl.js";
import { parseSockstat } from "../../kernel/sockstat.js";
import type { Snapshot } from "../../snapshot/snapshot.js";

export interface Suspicion {
  /** Looks at one snapshot (of a reporting interval): whether the main thread should listen for the next while. */
  consider(snapshot: Snapshot): boolean;
  close(): void;
}

/** Ports are given out to whoever connects: below half of the range in use there are plenty for every place. */
const pressedShare = 0.5;
const settingsMs = 10_000;

/** Local ports that connect(2) can give out: `net.ipv4.ip_local_port_range`. */
export const readPortRange = (): number | undefined => {
  const [low, high] = readSysctl("net.ipv4.ip_local_port_range") ?? [];
  return low === undefined || high === undefined ? undefined : high - low + 1;
};

export const openSuspicion = (): Suspicion => {
  const sockstat = openReader("/proc/net/sockstat");
  let attemptFails: number | undefined;
  let range: number | undefined;
  let rangeAt = Number.NEGATIVE_INFINITY;

  const portsAreShort = (at: number): boolean => {
    if (at - rangeAt >= settingsMs) {
      range = readPortRange();
      rangeAt = at;
    }
    const { inuse = 0, tw = 0 } = parseSockstat(sockstat.read() ?? "").TCP ?? {};
    return range !== undefined && inuse + tw >= pressedShare * range;
  };
  const moreFailed = ({ counters }: Snapshot): boolean => {
    const now = counters?.AttemptFails;
    if (now === undefined) return false;
    const before = attemptFails ?? now;
    attemptFails = now;
    return now > before;
  };
  return {
    consider(snapshot) {
      const failed = moreFailed(snapshot);
      const waiting = snapshot.connections?.rows.some(({ state }) => state === "SYN-SENT") ?? false;
      return failed || waiting || portsAreShort(snapshot.at);
    },
    close: () => sockstat.close(),
  };
};
