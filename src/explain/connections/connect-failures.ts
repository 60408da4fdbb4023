// connect-failing: connect(2) calls that came back with an error, where they were seen: refused, no port left, timed out.
import type { ConnectFailureReading, ConnectionsReading } from "../../snapshot/connection.js";
import { delta } from "../delta.js";
import { placeOf } from "../format.js";
import type { Thresholds } from "../thresholds.js";
import type { Judged } from "./groups.js";
import { evidenceOf, type Verdict } from "./rule.js";

type Code = ConnectFailureReading["code"];
type Told = Pick<Verdict, "cause" | "headline" | "remedy" | "ruledOut">;

const outOfReach: Told = {
  cause: "path-blackhole",
  headline: "failed: nothing answers there",
  ruledOut: [{ cause: "peer-refusing", because: "no RST came" }],
  remedy: ["Look at the way there: host down, route, firewall that drops."],
};

const byCode: Readonly<Record<Code, Told>> = {
  ECONNREFUSED: {
    cause: "peer-refusing",
    headline: "failed: the peer refuses, nobody listens there",
    ruledOut: [{ cause: "path-blackhole", because: "the host answered with RST" }],
    remedy: [
      "Start the service, or correct address and port; a container's listener on 127.0.0.1 refuses everybody else.",
    ],
  },
  EADDRNOTAVAIL: {
    cause: "ports-exhausted",
    headline: "failed: no local port is free for that address and port",
    ruledOut: [{ cause: "peer-refusing", because: "no SYN was sent" }],
    remedy: [
      "Reuse connections: new http.Agent({ keepAlive: true }). Closed ones hold their port for 60 s (TIME-WAIT).",
      "net.ipv4.ip_local_port_range='1024 65535' gives 64,512 ports per destination, about 1,075 new connections a second.",
    ],
  },
  ETIMEDOUT: outOfReach,
  EHOSTUNREACH: outOfReach,
  ENETUNREACH: outOfReach,
};

/** More in one look are the same news. */
const maxPerLook = 1000;

const verdictOf = (failure: ConnectFailureReading, timeWait: number | undefined, crowd: number): Verdict => ({
  ...byCode[failure.code],
  symptom: "connect-failing",
  severity: "warning",
  confidence: 0.95,
  weight: 1,
  crowd,
  isEvent: true,
  detail: () => failure.code,
  evidence: () =>
    evidenceOf([
      ["to", placeOf(failure), undefined, "connect(2)"],
      ["error", failure.code, undefined, "connect(2)"],
      ["in TIME-WAIT", failure.code === "EADDRNOTAVAIL" ? timeWait : undefined, "connections", "own namespace"],
    ]),
});

const nameOf = ({ code, address, port }: ConnectFailureReading): string => `${code} ${address ?? ""} ${port ?? ""}`;

/** Compares two looks: as many verdicts as calls failed in between. */
export const createConnectFailures = (): ((look: ConnectionsReading, thresholds: Thresholds) => readonly Judged[]) => {
  let before: ReadonlyMap<string, number> | undefined;
  let serial = 0n;
  return (look, thresholds) => {
    if (!look.connectFailures) return [];
    const known = before;
    before = new Map(look.connectFailures.map((failure) => [nameOf(failure), failure.count]));
    if (!known) return [];
    return look.connectFailures.flatMap((failure) => {
      const more = Math.min(maxPerLook, delta(known.get(nameOf(failure)) ?? 0, failure.count) ?? 0);
      const verdict = verdictOf(failure, look.counts["TIME-WAIT"], thresholds.failedConnects);
      return Array.from({ length: more }, (): Judged => {
        serial -= 1n;
        const { address, port } = failure;
        const reading = { cookie: serial, transport: "tcp", remoteAddress: address, remotePort: port } as const;
        return { verdict, isServer: false, reading };
      });
    });
  };
};
