// The connections of a frame: rates from consecutive readings of one cookie, the worst first, the queues added up.
import { concerns } from "../../explain/concerns.js";
import { notSentOf } from "../../explain/connections/figures.js";
import { delta, deltaU32 } from "../../explain/delta.js";
import type { Finding } from "../../explain/finding.js";
import { placeOf } from "../../explain/format.js";
import type { ConnectionReading } from "../../snapshot/connection.js";
import type { Snapshot } from "../../snapshot/snapshot.js";
import type { FrameConnection, FrameConnections } from "./frame.js";
import { perSecond } from "./rates.js";
import { type Comparable, worstFirst } from "./worst.js";

const rowsAtMost = 50;

/** What this reading is compared with. */
interface Earlier {
  readonly at: number;
  readonly reading: ConnectionReading;
}

const endsOf = (reading: ConnectionReading): Pick<FrameConnection, "local" | "remote"> => {
  const { transport, path, localAddress, localPort, remoteAddress, remotePort } = reading;
  if (transport === "unix") return { local: path };
  return {
    local: localPort === undefined ? undefined : placeOf({ address: localAddress, port: localPort }),
    remote: remotePort === undefined ? undefined : placeOf({ address: remoteAddress, port: remotePort }),
  };
};

const ms = (micros: number | undefined): number | undefined => (micros ? micros / 1000 : undefined);

/** Of each reading only what tells how bad it is: there may be a thousand, of which few are shown. */
interface Candidate extends Comparable {
  readonly reading: ConnectionReading;
  readonly earlier: Earlier | undefined;
}

/** A finding about few sockets names each; one about many only the worst of those at its port or to its peer. */
const isNamed = ({ subject: { count = 1, examples } }: Finding, { fd }: ConnectionReading): boolean =>
  examples === undefined || count > examples.length || examples.some((example) => example.includes(`(fd ${fd}): `));

const candidateOf = (
  reading: ConnectionReading,
  earlier: Earlier | undefined,
  active: readonly Finding[],
): Candidate => {
  const { recvQBytes, sendQBytes, tcp, node } = reading;
  return {
    reading,
    earlier,
    // Addresses of both are shown alike: the caller has seen to that.
    findings: active
      .filter((finding) => concerns(finding, reading, String) && isNamed(finding, reading))
      .map(({ id }) => id),
    recvQBytes,
    sendQBytes,
    writableLength: node?.writableLength,
    retransmitted: deltaU32(earlier?.reading.tcp?.totalRetrans, tcp?.totalRetrans),
    rttMs: ms(tcp?.rttMicros),
  };
};

const rowOf = ({ reading, earlier, ...compared }: Candidate, at: number): FrameConnection => {
  const { cookie, transport, role, state, fd, tcp, node } = reading;
  const before = earlier?.reading.tcp;
  const passedMs = at - (earlier?.at ?? at);
  return {
    id: String(cookie),
    transport,
    role,
    state,
    ...endsOf(reading),
    fd,
    ...compared,
    notSentBytes: notSentOf(reading),
    minRttMs: ms(tcp?.minRttMicros),
    peerWindowBytes: tcp?.sndWndBytes,
    ownWindowBytes: tcp?.rcvWndBytes,
    congestionWindow: tcp?.cwnd,
    sendRate: perSecond(delta(before?.bytesAcked, tcp?.bytesAcked), passedMs),
    receiveRate: perSecond(delta(before?.bytesReceived, tcp?.bytesReceived), passedMs),
    isPaused: node?.readableFlowing === false || undefined,
  };
};

const sum = (rows: readonly ConnectionReading[], bytesOf: (reading: ConnectionReading) => number | undefined): number =>
  rows.reduce((all, row) => all + (bytesOf(row) ?? 0), 0);

/** Remembers the readings of one interval for the rates of the next. */
export const createConnectionRows = (): ((
  snapshot: Snapshot,
  findings: readonly Finding[],
) => FrameConnections | undefined) => {
  let before = new Map<bigint, Earlier>();
  return ({ at, connections }, findings) => {
    if (!connections || connections.followedOnly) return undefined;
    const { rows, total, read, counts } = connections;
    const active = findings.filter(({ state }) => state === "active");
    const candidates = rows.map((reading) => candidateOf(reading, before.get(reading.cookie), active));
    before = new Map(rows.map((reading) => [reading.cookie, { at, reading }]));
    return {
      total,
      read,
      byState: counts,
      recvQBytes: sum(rows, ({ recvQBytes }) => recvQBytes),
      sendQBytes: sum(rows, ({ sendQBytes }) => sendQBytes),
      notSentBytes: sum(rows, notSentOf),
      rows: worstFirst(candidates, active)
        .slice(0, rowsAtMost)
        .map((candidate) => rowOf(candidate, at)),
    };
  };
};
