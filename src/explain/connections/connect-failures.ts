// connect-failing: connect(2) calls that came back with an error, where they were seen: refused, no port left, timed out.
import type {
  ConnectError,
  ConnectFailureReading,
  ConnectionReading,
  ConnectionsReading,
  PortUseReading,
} from "../../snapshot/connection.js";
import { delta } from "../delta.js";
import { placeOf } from "../format.js";
import type { Thresholds } from "../thresholds.js";
import type { Judged } from "./groups.js";
import type { KnownPeer, Peers } from "./peers.js";
import { evidenceOf, type Verdict } from "./rule.js";
import { causeOfSilence, silenceRemedies } from "./rules/connect-cause.js";

type Told = Pick<Verdict, "cause" | "headline" | "remedy" | "ruledOut">;

const outOfReach: Told = {
  cause: "path-blackhole",
  headline: "failed: nothing answers there",
  ruledOut: [{ cause: "peer-refusing", because: "no RST came" }],
  remedy: ["Look at the way there: host down, route, firewall that drops."],
};

const byCode: Readonly<Record<Exclude<ConnectError, "ABANDONED">, Told>> = {
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
  EAGAIN: {
    cause: "peer-overflowing",
    headline: "failed: the accept queue of the unix listener is full",
    ruledOut: [{ cause: "peer-refusing", because: "somebody listens there" }],
    remedy: ["At the peer: what keeps it from accepting (ss -lxn shows its queue); a larger backlog for bursts."],
  },
  ETIMEDOUT: outOfReach,
  EHOSTUNREACH: outOfReach,
  ENETUNREACH: outOfReach,
};

/** More in one look are the same news. */
const maxPerLook = 1000;

/** The application had no more patience: why there was no answer is in what else is known of the peer. */
const abandoned = (peer: KnownPeer | undefined, at: number, thresholds: Thresholds): Told => {
  const [cause, because] = causeOfSilence(peer, at, thresholds.unansweredSynMs, thresholds);
  return {
    cause,
    headline: `were given up after a second and more: ${cause === "unknown" ? "no answer" : because}`,
    ruledOut: [{ cause: "peer-refusing", because: "no RST came" }],
    remedy: [silenceRemedies[cause]],
  };
};

const portsOf = (failure: ConnectFailureReading, look: ConnectionsReading): PortUseReading | undefined =>
  failure.code === "EADDRNOTAVAIL"
    ? look.ports?.find(({ address, port }) => address === failure.address && port === failure.port)
    : undefined;

const verdictOf = (
  failure: ConnectFailureReading,
  told: Told,
  ports: PortUseReading | undefined,
  { failedConnects, connectQuietMs }: Thresholds,
): Verdict => ({
  ...told,
  symptom: "connect-failing",
  severity: "warning",
  confidence: failure.code !== "ABANDONED" ? 0.95 : told.cause === "unknown" ? 0.4 : 0.8,
  weight: 1,
  crowd: failedConnects,
  isEvent: true,
  quietMs: connectQuietMs,
  detail: () => failure.code,
  evidence: () =>
    evidenceOf([
      ["to", placeOf(failure), undefined, "connect(2)"],
      ["error", failure.code, undefined, "connect(2)"],
      ["local ports", ports?.range, "ports", "net.ipv4.ip_local_port_range"],
      ["in use against that place", ports?.inUse, "ports", "sock_diag, the network namespace"],
      ["of them in TIME-WAIT", ports?.timeWait, "ports", "sock_diag, the network namespace"],
    ]),
});

const nameOf = ({ code, ...place }: ConnectFailureReading): string => `${code} ${placeOf(place)}`;

const readingOf = (
  path: string | undefined,
  remoteAddress: string | undefined,
  remotePort: number | undefined,
  cookie: bigint,
): ConnectionReading =>
  path === undefined ? { cookie, transport: "tcp", remoteAddress, remotePort } : { cookie, transport: "unix", path };

/** Compares two looks: as many verdicts as calls failed in between. */
export const createConnectFailures = (): ((
  look: ConnectionsReading,
  peers: Peers,
  at: number,
  thresholds: Thresholds,
) => readonly Judged[]) => {
  let before: ReadonlyMap<string, number> | undefined;
  let serial = 0n;
  return (look, peers, at, thresholds) => {
    if (!look.connectFailures) return [];
    const known = before;
    before = new Map(look.connectFailures.map((failure) => [nameOf(failure), failure.count]));
    if (!known) return [];
    return look.connectFailures.flatMap((failure) => {
      const more = Math.min(maxPerLook, delta(known.get(nameOf(failure)) ?? 0, failure.count) ?? 0);
      if (more === 0) return [];
      const told = failure.code === "ABANDONED" ? abandoned(peers.of(failure), at, thresholds) : byCode[failure.code];
      const verdict = verdictOf(failure, told, portsOf(failure, look), thresholds);
      return Array.from({ length: more }, (): Judged => {
        serial -= 1n;
        const { address, port, path } = failure;
        return { verdict, isServer: false, reading: readingOf(path, address, port, serial) };
      });
    });
  };
};
