// Readings of a quiet server, for what is made of readings: frames, metrics.
import type { ConnectionReading } from "../../src/snapshot/connection.js";
import type { ListenerReading, Snapshot } from "../../src/snapshot/snapshot.js";

export const snapshot = (at: number, more: Partial<Snapshot> = {}): Snapshot => ({
  time: 1_700_000_000_000 + at,
  at,
  source: "process",
  loops: [],
  listeners: [],
  ...more,
});

export const listener = (more: Partial<ListenerReading> = {}): ListenerReading => ({
  cookie: 1n,
  transport: "tcp",
  address: "0.0.0.0",
  port: 3000,
  length: 0,
  limit: 16,
  drops: 0,
  ...more,
});

export const connection = (cookie: bigint, more: Partial<ConnectionReading> = {}): ConnectionReading => ({
  cookie,
  transport: "tcp",
  role: "server",
  state: "ESTAB",
  localAddress: "127.0.0.1",
  localPort: 3000,
  remoteAddress: "10.0.0.9",
  remotePort: 40_000 + Number(cookie),
  fd: 20 + Number(cookie),
  recvQBytes: 0,
  sendQBytes: 0,
  notSentBytes: 0,
  ...more,
});

export const connections = (rows: readonly ConnectionReading[]): NonNullable<Snapshot["connections"]> => ({
  rows,
  counts: { ESTAB: rows.length },
  read: rows.length,
  total: rows.length,
});
