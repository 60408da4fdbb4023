// The model as a source of snapshots, seen from the clients: what an observer in the process that connects would have read.
import type {
  ConnectError,
  ConnectFailureReading,
  ConnectionReading,
  ConnectionsReading,
  PeerReading,
  PortUseReading,
} from "../../snapshot/connection.js";
import type { Snapshot } from "../../snapshot/snapshot.js";
import { nanosPerMs } from "../engine.js";
import { type AcceptWorld, createAcceptWorld } from "./accept-world.js";
import type { Client } from "./client.js";
import type { AcceptScenario } from "./scenario.js";
import { pid, startOf2026 } from "../observed.js";

export interface ClientSourceOptions {
  /** Between two looks, ms. */
  readonly sampleMs?: number | undefined;
  /** Wall clock at the start of the run, epoch ms. */
  readonly startTime?: number | undefined;
}

const firstCookie = 1000n;
const place = { address: "10.0.0.9", port: 3000 } as const;

interface Seen {
  readonly clients: Client[];
  readonly failures: Map<ConnectError, number>;
  opened: number;
  /** ns. */
  heardAt: number | undefined;
}

/** How connect() came back with an error; undefined: it did not. */
const errorOf = ({ state, connectedAt }: Client): ConnectError | undefined => {
  if (state === "no-port") return "EADDRNOTAVAIL";
  if (connectedAt !== undefined) return undefined;
  return state === "reset" ? "ECONNREFUSED" : state === "timed-out" ? "ETIMEDOUT" : undefined;
};

const isOpen = ({ state }: Client): boolean => state === "syn-sent" || state === "established" || state === "accepted";

const rowOf = (client: Client, index: number): ConnectionReading => {
  const isConnecting = client.state === "syn-sent";
  const repeats = client.synAttempts - 1;
  return {
    cookie: firstCookie + BigInt(index),
    transport: "tcp",
    family: "ipv4",
    pid,
    state: isConnecting ? "SYN-SENT" : "ESTAB",
    remoteAddress: place.address,
    remotePort: place.port,
    role: "client",
    tcp: { retransmits: isConnecting ? repeats : 0, totalRetrans: repeats },
  };
};

const peerOf = ({ heardAt }: Seen, opened: number, now: number): PeerReading => ({
  ...place,
  opened,
  lastHeardMs: heardAt === undefined ? undefined : Math.floor((now - heardAt) / nanosPerMs),
});

const failuresOf = ({ failures }: Seen): readonly ConnectFailureReading[] =>
  [...failures].map(([code, count]) => ({ ...place, code, count }));

const portsOf = ({ localPorts }: AcceptWorld): readonly PortUseReading[] =>
  Number.isFinite(localPorts.range)
    ? [{ ...place, range: localPorts.range, inUse: localPorts.inUse(), timeWait: localPorts.timeWait() }]
    : [];

const lookOf = (world: AcceptWorld, seen: Seen, opened: number): ConnectionsReading => {
  const rows = seen.clients.flatMap((client, index) => (isOpen(client) ? [rowOf(client, index)] : []));
  const connecting = rows.filter(({ state }) => state === "SYN-SENT").length;
  return {
    rows,
    counts: { "SYN-SENT": connecting, ESTAB: rows.length - connecting },
    read: rows.length,
    total: rows.length,
    peers: [peerOf(seen, opened, world.engine.now())],
    connectFailures: failuresOf(seen),
    ports: portsOf(world),
  };
};

/** Runs a scenario (well formed) and yields what its clients' process would have seen, until its end. */
export function* observeClients(scenario: AcceptScenario, options: ClientSourceOptions = {}): Generator<Snapshot> {
  const { sampleMs = 200, startTime = startOf2026 } = options;
  const seen: Seen = { clients: [], failures: new Map(), opened: 0, heardAt: undefined };
  const failed = (client: Client): void => {
    const error = errorOf(client);
    if (error) seen.failures.set(error, (seen.failures.get(error) ?? 0) + 1);
  };
  const world = createAcceptWorld(scenario, {
    onStart: (client) => {
      seen.clients.push(client);
      if (client.state === "no-port") failed(client);
    },
    onRetry: () => {},
    onConnected: () => {
      seen.opened += 1;
      seen.heardAt = world.engine.now();
    },
    onEnd: (client) => {
      if (client.state === "reset") seen.heardAt = world.engine.now();
      failed(client);
    },
  });
  let opened = 0;
  for (let at = 0; at <= (scenario.until ?? 10) * 1000; at += sampleMs) {
    world.engine.runUntil(at * nanosPerMs);
    yield {
      time: startTime + at,
      at,
      source: "model",
      process: { pid },
      loops: [],
      listeners: [],
      connections: lookOf(world, seen, seen.opened - opened),
    };
    opened = seen.opened;
  }
}
