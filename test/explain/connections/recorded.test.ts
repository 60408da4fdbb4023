// Transfers recorded on a real kernel over a link that delays, drops, reorders and limits: what is said of both ends.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { createExplainer } from "../../../src/explain/explainer.js";
import type { ConnectionReading, MemFigures, TcpFigures } from "../../../src/snapshot/connection.js";
import type { Snapshot } from "../../../src/snapshot/snapshot.js";
import { packageRoot } from "../../package-root.js";

interface Recorded {
  readonly columns: readonly string[];
  readonly tcpColumns: number;
  readonly cases: readonly {
    readonly name: string;
    readonly looks: readonly { readonly atMs: number; readonly sockets: readonly (readonly number[])[] }[];
  }[];
}

const recorded = JSON.parse(
  readFileSync(join(packageRoot, "test/explain/connections/fixtures/transfers.json"), "utf8"),
) as Recorded;

/** Sender's place: to 10.99.0.2:5000; receiver's: at port 5000. */
const expected: Readonly<Record<string, readonly string[]>> = {
  "application writes 1 KB every 10 ms": [],
  "application writes 20 KB every 100 ms": [],
  "autotuned over 40 ms": ["throughput-limited/congestion-window info"],
  "SO_SNDBUF 32 K over 40 ms": ["throughput-limited/send-buffer warning"],
  "the peer's SO_RCVBUF 32 K over 40 ms": [
    "throughput-limited/receive-window warning",
    "throughput-limited/receive-buffer warning",
  ],
  "the peer reads 16 K every 50 ms": ["throughput-limited/receive-window info"],
  "4 Mb/s behind a queue of 1000 packets": ["throughput-limited/shaped-link warning"],
  "4 Mb/s behind a queue of 20 packets": ["throughput-limited/shaped-link info"],
  "2 % lost, cubic": ["throughput-limited/packet-loss warning"],
  "2 % lost, bbr": [],
  "5 % reordered by 8 ms": ["throughput-limited/congestion-window info"],
  "the peer stops reading after two seconds": [
    "read-stalled/application-not-reading warning",
    "write-stalled/peer-not-reading warning",
  ],
  "everything is lost after two seconds": ["write-stalled/path-blackhole warning"],
};

const readingOf = (values: readonly number[], n: number): ConnectionReading => {
  const named = recorded.columns.map((name, column) => [name, values[column]!] as const);
  const tcp: TcpFigures = Object.fromEntries(named.slice(2, 2 + recorded.tcpColumns));
  const mem: MemFigures = Object.fromEntries(named.slice(2 + recorded.tcpColumns));
  const [local, remote] = n === 0 ? ["10.99.0.1", "10.99.0.2"] : ["10.99.0.2", "10.99.0.1"];
  return {
    cookie: BigInt(n + 1),
    transport: "tcp",
    state: "ESTAB",
    role: n === 0 ? "client" : "server",
    localAddress: local,
    localPort: n === 0 ? 40_000 : 5000,
    remoteAddress: remote,
    remotePort: n === 0 ? 5000 : 40_000,
    recvQBytes: values[0],
    sendQBytes: values[1],
    notSentBytes: tcp.notSentBytes,
    tcp,
    mem,
  };
};

for (const { name, looks } of recorded.cases)
  test(`recorded: ${name}`, (t) => {
    const explainer = createExplainer();
    for (const { atMs, sockets } of looks) {
      const at = 1000 + atMs;
      const rows = sockets.map(readingOf);
      explainer.observe({
        at,
        time: 1.7e12 + at,
        source: "process",
        loops: [{ id: 1, tid: 1, main: true, idleMs: at * 0.9, iterations: atMs }],
        listeners: [],
        connections: { rows, counts: { ESTAB: 2 }, read: 2, total: 2 },
      } satisfies Snapshot);
    }
    const said = explainer.active().map(({ symptom, cause, severity }) => `${symptom}/${cause} ${severity}`);
    t.deepEqual(said, expected[name]);
  });

test("every recording has its verdict", (t) => {
  t.deepEqual(recorded.cases.map(({ name }) => name).toSorted(), Object.keys(expected).toSorted());
});
