// The programs at both ends of a connection, as a scenario describes them, and when each end is closed.
import { priority, toNanos } from "../engine.js";
import { type CallLog, createCallLog } from "./call-log.js";
import { startCalls } from "./calls.js";
import { type NodeEnd, startNode } from "./node-end.js";
import type { CallRecord, ConnectionResult, EndpointSpec, Side, TransferScenario } from "./scenario.js";
import { closeSocket, shutWrites, socketOf } from "./socket.js";
import type { Tcp } from "./tcp.js";
import { createTurns, noTurns, type Turns } from "./turns.js";
import type { TransferWorld } from "./world.js";

const sides = ["sender", "receiver"] as const;
/** A program that slept while packets travelled; where they arrive within a system call, who is woken by it runs next. */
const wakeNanos = 100_000;
/** What a call costs, ns: entering the kernel, and copying. */
const costNanos = (bytes: number): number => 2000 + bytes;

/** Why a call of this end has to wait. */
function reasonOf(tcp: Tcp, call: CallRecord["call"]): string {
  if (call === "read") return tcp.outOfOrder.length > 0 ? "what has arrived lies behind a hole" : "nothing has arrived";
  if (tcp.sndWnd === 0) return "the send buffer is full: the peer does not read and has closed its window";
  if (tcp.isWindowLimited) return "the send buffer is full: what is left of the peer's window is too small";
  if (tcp.lostOut > 0 || tcp.retransmits > 0) return "the send buffer is full: packets were lost";
  if (tcp.writeSeq - tcp.sndNxt > 0) return "the send buffer is full: the congestion window lets no more out";
  return "the send buffer is full: what it holds is on its way";
}

export interface StartedEnds {
  readonly log: CallLog;
  /** The ends that are Node processes. */
  readonly nodes: Readonly<Partial<Record<Side, NodeEnd>>>;
  /** What Node's streams held, where an end runs Node. */
  node(): Pick<ConnectionResult, "node">;
}

interface Start {
  readonly world: TransferWorld;
  readonly ends: TransferWorld["ends"];
  readonly scenario: TransferScenario;
  readonly turns: Turns;
}

/** It performs calls that do not block: two of them can share a CPU. */
const isPlain = ({ node, nonblocking = true }: EndpointSpec): boolean => nonblocking && node === undefined;

function startEnds({ world, ends, scenario, turns }: Start): StartedEnds {
  const { engine } = world;
  const log = createCallLog();
  const nodes: Partial<Record<Side, NodeEnd>> = {};
  const begin = (side: Side, { node, writes = [], buffers = [], closeAt, shutdownAt }: EndpointSpec): void => {
    const tcp = ends[side];
    const caller = {
      engine,
      side,
      socket: log.counting(side, socketOf(tcp)),
      record: log.record,
      finished: log.finished,
      turns,
      wakeNanos: world.isInstant ? 0 : wakeNanos,
      costNanos,
      why: (call: CallRecord["call"]) => reasonOf(tcp, call),
    };
    if (node) nodes[side] = startNode(caller, node, writes);
    else startCalls(caller, scenario[side]);
    for (const { at, rcvbuf } of buffers)
      engine.at(toNanos(at), priority.server, () => {
        tcp.rcvbuf = rcvbuf;
        tcp.isRcvbufLocked = true;
      });
    if (shutdownAt !== undefined) engine.at(toNanos(shutdownAt), priority.server, () => shutWrites(tcp));
    if (closeAt !== undefined) engine.at(toNanos(closeAt), priority.server, () => closeSocket(tcp));
  };
  for (const side of sides) begin(side, scenario[side]);
  const figures = (): Pick<ConnectionResult, "node"> => {
    const entries = Object.entries(nodes).map(([side, end]) => [side, end.figures()]);
    return entries.length > 0 ? { node: Object.fromEntries(entries) } : {};
  };
  return { log, nodes, node: figures };
}

/** Starts the programs of all connections; nothing has happened yet when it returns. */
export function startAll(world: TransferWorld, scenario: TransferScenario): readonly StartedEnds[] {
  const turns = world.isInstant && sides.every((side) => isPlain(scenario[side])) ? createTurns() : noTurns;
  return world.connections.map((ends) => startEnds({ world, ends, scenario, turns }));
}
