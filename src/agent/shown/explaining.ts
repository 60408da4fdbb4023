// One socket in plain words, for the endpoint's /explain: what is known of it from the last looks of an interval.
import { concerns } from "../../explain/concerns.js";
import { accountOf, type CallAccount } from "../../explain/connections/account.js";
import { explainReading } from "../../explain/connections/explain-reading.js";
import type { Finding } from "../../explain/finding.js";
import { placeOf } from "../../explain/format.js";
import { listenerAccountOf } from "../../explain/listener-account.js";
import type { Explained, ExplainQuery } from "../../export/http/routes.js";
import type { Redactor } from "../../export/redact.js";
import type { ConnectionReading } from "../../snapshot/connection.js";
import type { ListenerReading, Snapshot } from "../../snapshot/snapshot.js";

export interface Explaining {
  /** The snapshot that ends an interval. */
  snapshot(snapshot: Snapshot): void;
  /** `undefined`: not among the sockets of the last look. */
  explain(query: ExplainQuery, findings: readonly Finding[]): Explained | undefined;
}

const callOf = (name: string, { why, until }: CallAccount): string => `${name} ${why}${until ? `; ${until}` : ""}.`;

const rowOf = (snapshot: Snapshot | undefined, id: string): ConnectionReading | undefined =>
  snapshot?.connections?.rows.find(({ cookie }) => String(cookie) === id);

const whoOf = (reading: ConnectionReading, redact: Redactor): string => {
  const { transport, role, state, fd, path, localAddress, localPort, remoteAddress, remotePort } = reading;
  const remote =
    remotePort === undefined ? "" : ` - ${redact.address(placeOf({ address: remoteAddress, port: remotePort }))}`;
  const place = path ?? `${placeOf({ address: localAddress, port: localPort })}${remote}`;
  return [`${transport} ${place}`, role, state, fd === undefined ? undefined : `fd ${fd}`].filter(Boolean).join(", ");
};

const listenerLines = (listener: ListenerReading, { sysctl }: Snapshot): readonly string[] => {
  const { accept, connect } = listenerAccountOf(listener, sysctl);
  const { fd, length, limit, drops } = listener;
  const dropped = drops === undefined ? "" : `, ${drops} segments dropped since it exists`;
  return [
    `${listener.transport} ${placeOf(listener)}${fd === undefined ? "" : `, fd ${fd}`}: ${length} of ${limit + 1} places taken${dropped}`,
    callOf("accept(2)", accept),
    `the next client: ${connect.why}.`,
  ];
};

export const createExplaining = (redact: Redactor): Explaining => {
  let before: Snapshot | undefined;
  let last: Snapshot | undefined;

  const knownOf = (socket: ConnectionReading | ListenerReading, findings: readonly Finding[]): Finding | undefined =>
    findings.find((finding) => finding.state === "active" && concerns(finding, socket, redact.address));
  const explainConnection = (id: string, findings: readonly Finding[]): Explained | undefined => {
    const reading = rowOf(last, id);
    if (!last || !reading) return undefined;
    const looks = [before, last].flatMap((snapshot) => {
      const row = rowOf(snapshot, id);
      return snapshot && row ? [{ at: snapshot.at, time: snapshot.time, reading: row }] : [];
    });
    const { read, write } = accountOf(reading, { before: looks[0]?.reading });
    const found = explainReading(looks, {
      look: { tcpRetries2: last.connections?.tcpRetries2 },
      listeners: last.listeners,
    });
    return {
      finding: knownOf(reading, findings) ?? (found && redact.finding(found)),
      text: [whoOf(reading, redact), callOf("read(2)", read), callOf("write(2)", write)],
    };
  };
  const explainListener = (id: string, findings: readonly Finding[]): Explained | undefined => {
    const snapshot = last;
    const group = snapshot?.listeners.filter((listener) => placeOf(listener) === id) ?? [];
    if (!snapshot || group.length === 0) return undefined;
    return {
      finding: knownOf(group[0]!, findings),
      text: group.flatMap((listener) => listenerLines(listener, snapshot)),
    };
  };

  return {
    snapshot(snapshot) {
      before = last;
      last = snapshot;
    },
    explain: (query, findings) =>
      "connection" in query ? explainConnection(query.connection, findings) : explainListener(query.listener, findings),
  };
};
