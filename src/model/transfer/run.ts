// Runs a transfer scenario and says what came of it.
import { priority, toNanos, toSeconds } from "../engine.js";
import { createCallLog } from "./call-log.js";
import { startCalls } from "./calls.js";
import { view } from "./endpoint.js";
import { startNode } from "./node-end.js";
import { closeSocket, shutWrites, socketOf } from "./socket.js";
import type {
  CallRecord,
  EndpointSpec,
  NodeFigures,
  Side,
  TransferEvent,
  TransferFinal,
  TransferResult,
  TransferScenario,
  TransferTimelineEntry,
} from "./scenario.js";
import type { Tcp } from "./tcp.js";
import { createTurns, noTurns } from "./turns.js";
import { createTransferWorld, type TransferWorld } from "./world.js";

const mostEvents = 10_000;
const mostMoments = 2000;
const sides = ["sender", "receiver"] as const;
/** A program that slept while packets travelled; where they arrive within a system call, who is woken by it runs next. */
const wakeNanos = 100_000;
/** What a call costs, ns: entering the kernel, and copying. */
const costNanos = (bytes: number): number => 2000 + bytes;
/** It performs calls that do not block: two of them can share a CPU. */
const isPlain = ({ node, nonblocking = true }: EndpointSpec): boolean => nonblocking && node === undefined;
/** A run without `until` ends so long after the last thing that the scenario names. */
const afterwards = 10;

const lastMoment = (specs: readonly EndpointSpec[]): number =>
  Math.max(
    0,
    ...specs.flatMap(({ writes = [], reads = [], closeAt = 0, shutdownAt = 0 }) => [
      closeAt,
      shutdownAt,
      ...writes.map(({ at }) => at),
      ...reads.map((read) => ("at" in read ? read.at : (read.until ?? read.from))),
    ]),
  );

interface Recorder<Entry> {
  readonly entries: Entry[];
  omitted: number;
}

/** Why a call of this end has to wait. */
function reasonOf(tcp: Tcp, call: CallRecord["call"]): string {
  if (call === "read") return tcp.outOfOrder.length > 0 ? "what has arrived lies behind a hole" : "nothing has arrived";
  if (tcp.sndWnd === 0) return "the send buffer is full: the peer does not read and has closed its window";
  if (tcp.isWindowLimited) return "the send buffer is full: what is left of the peer's window is too small";
  if (tcp.lostOut > 0 || tcp.retransmits > 0) return "the send buffer is full: packets were lost";
  if (tcp.writeSeq - tcp.sndNxt > 0) return "the send buffer is full: the congestion window lets no more out";
  return "the send buffer is full: what it holds is on its way";
}

/** The queues whenever something changed, thinned out where that is too often. */
function createTimeline({ engine, ends: { sender, receiver } }: TransferWorld): {
  note(): void;
  entries(): readonly TransferTimelineEntry[];
} {
  let entries: TransferTimelineEntry[] = [];
  let spacing = 0;
  let last = "";
  return {
    note: () => {
      const at = toSeconds(engine.now());
      const shown = entries.at(-1);
      const entry = {
        at,
        written: sender.writeSeq,
        sendQ: sender.writeSeq - sender.sndUna,
        notSent: sender.writeSeq - sender.sndNxt,
        recvQ: receiver.rcvNxt - receiver.copiedSeq,
        read: receiver.copiedSeq,
        window: sender.sndWnd,
      };
      const { at: _, ...rest } = entry;
      const now = JSON.stringify(rest);
      if (now === last) return;
      last = now;
      if (shown && shown.at === at) entries.pop();
      else if (shown && at - shown.at < spacing) return;
      entries.push(entry);
      if (entries.length <= mostMoments) return;
      spacing = Math.max(1e-6, spacing * 2);
      entries = entries.filter((_one, index) => index % 2 === 0);
    },
    entries: () => entries,
  };
}

const finalOf = ({ sender, receiver }: Readonly<Record<Side, Tcp>>): TransferFinal => {
  const [out, entry] = [view(sender), view(receiver)];
  return {
    recvQ: entry.recvQ,
    sendQ: out.sendQ,
    notSent: out.notSent,
    window: out.sndWnd,
    rmem: entry.rmem,
    rcvbuf: entry.rcvbuf,
    wmemQueued: out.wmemQueued,
    sndbuf: out.sndbuf,
  };
};

type Nodes = Partial<Record<Side, () => NodeFigures>>;
const nodeFigures = (nodes: Nodes): TransferResult["node"] =>
  Object.fromEntries(Object.entries(nodes).map(([side, figures]) => [side, figures()]));

/** Runs a scenario that is known to be well formed. */
export function runTransfer(scenario: TransferScenario): TransferResult {
  const events: Recorder<TransferEvent> = { entries: [], omitted: 0 };
  const world = createTransferWorld(scenario, (side, event, bytes) => {
    if (events.entries.length >= mostEvents) events.omitted += 1;
    else
      events.entries.push({
        at: toSeconds(world.engine.now()),
        event,
        side,
        ...(bytes === undefined ? {} : { bytes }),
      });
  });
  const { engine, ends } = world;
  const log = createCallLog();
  const nodes: Nodes = {};
  const turns = world.isInstant && sides.every((side) => isPlain(scenario[side])) ? createTurns() : noTurns;
  for (const side of sides) {
    const socket = log.counting(side, socketOf(ends[side]));
    const caller = {
      engine,
      side,
      socket,
      record: log.record,
      finished: log.finished,
      turns,
      wakeNanos: world.isInstant ? 0 : wakeNanos,
      costNanos,
      why: (call: CallRecord["call"]) => reasonOf(ends[side], call),
    };
    const { node } = scenario[side];
    if (node) nodes[side] = startNode(caller, node, scenario[side].writes ?? []);
    else startCalls(caller, scenario[side]);
    const { closeAt, shutdownAt } = scenario[side];
    if (shutdownAt !== undefined) engine.at(toNanos(shutdownAt), priority.server, () => shutWrites(ends[side]));
    if (closeAt !== undefined) engine.at(toNanos(closeAt), priority.server, () => closeSocket(ends[side]));
  }
  const timeline = createTimeline(world);
  const until = scenario.until ?? lastMoment([scenario.sender, scenario.receiver]) + afterwards;
  engine.runUntil(toNanos(until), timeline.note);
  return {
    kind: "transfer",
    written: log.written("sender"),
    read: log.read("receiver"),
    calls: log.calls,
    callsOmitted: log.omitted(),
    final: finalOf(ends),
    ...(Object.keys(nodes).length > 0 && { node: nodeFigures(nodes) }),
    counters: Object.fromEntries([...world.counters].sort(([one], [other]) => (one < other ? -1 : 1))),
    events: events.entries,
    eventsOmitted: events.omitted,
    timeline: timeline.entries(),
  };
}
