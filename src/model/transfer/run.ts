// Runs a transfer scenario and says what came of it.
import { toNanos, toSeconds } from "../engine.js";
import { view } from "./view.js";
import type {
  CallRecord,
  ConnectionResult,
  EndpointSpec,
  TransferEvent,
  TransferFinal,
  TransferResult,
  TransferScenario,
  TransferTimelineEntry,
} from "./scenario.js";
import { type StartedEnds, startAll } from "./start-ends.js";
import { createTransferWorld, type TransferWorld } from "./world.js";

const mostEvents = 10_000;
const mostMoments = 2000;
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

const total = <Part>(parts: readonly Part[], figure: (part: Part) => number): number =>
  parts.reduce((sum, part) => sum + figure(part), 0);

/** What all connections hold together. */
const queuesOf = (connections: TransferWorld["connections"]): Omit<TransferTimelineEntry, "at"> => ({
  written: total(connections, ({ sender }) => sender.writeSeq),
  sendQ: total(connections, ({ sender }) => sender.writeSeq - sender.sndUna),
  notSent: total(connections, ({ sender }) => sender.writeSeq - sender.sndNxt),
  recvQ: total(connections, ({ receiver }) => receiver.rcvNxt - receiver.copiedSeq),
  read: total(connections, ({ receiver }) => receiver.copiedSeq),
  window: total(connections, ({ sender }) => sender.sndWnd),
});

/** The queues whenever something changed, thinned out where that is too often. */
function createTimeline({ engine, connections }: TransferWorld): {
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
      const entry = { at, ...queuesOf(connections) };
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

const finalOf = ({ sender, receiver }: TransferWorld["ends"]): TransferFinal => {
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

const connectionResult = (ends: TransferWorld["ends"], { log, node }: StartedEnds): ConnectionResult => ({
  written: log.written("sender"),
  read: log.read("receiver"),
  final: finalOf(ends),
  ...node(),
});

const totalFinal = (results: readonly ConnectionResult[]): TransferFinal => ({
  recvQ: total(results, ({ final }) => final.recvQ),
  sendQ: total(results, ({ final }) => final.sendQ),
  notSent: total(results, ({ final }) => final.notSent),
  window: total(results, ({ final }) => final.window),
  rmem: total(results, ({ final }) => final.rmem),
  rcvbuf: total(results, ({ final }) => final.rcvbuf),
  wmemQueued: total(results, ({ final }) => final.wmemQueued),
  sndbuf: total(results, ({ final }) => final.sndbuf),
});

/** In the order in which they began; of several connections each says whose it was. */
const callsOf = (started: readonly StartedEnds[]): readonly CallRecord[] =>
  started.length === 1
    ? started[0]!.log.calls
    : started
        .flatMap(({ log }, connection) => log.calls.map((call) => ({ ...call, connection })))
        .sort((one, other) => one.at - other.at);

/** Runs a scenario that is known to be well formed. */
export function runTransfer(scenario: TransferScenario): TransferResult {
  const events: Recorder<TransferEvent> = { entries: [], omitted: 0 };
  const world = createTransferWorld(scenario, (connection, side, event, bytes) => {
    if (events.entries.length >= mostEvents) events.omitted += 1;
    else
      events.entries.push({
        at: toSeconds(world.engine.now()),
        event,
        side,
        ...(bytes === undefined ? {} : { bytes }),
        ...(world.connections.length > 1 && { connection }),
      });
  });
  const { engine, connections } = world;
  const started = startAll(world, scenario);
  const timeline = createTimeline(world);
  const until = scenario.until ?? lastMoment([scenario.sender, scenario.receiver]) + afterwards;
  engine.runUntil(toNanos(until), timeline.note);
  const results = connections.map((ends, index) => connectionResult(ends, started[index]!));
  const [first] = results;
  return {
    kind: "transfer",
    written: total(results, ({ written }) => written),
    read: total(results, ({ read }) => read),
    calls: callsOf(started),
    callsOmitted: total(started, ({ log }) => log.omitted()),
    final: totalFinal(results),
    ...(first?.node && { node: first.node }),
    ...(results.length > 1 && { connections: results }),
    counters: Object.fromEntries([...world.counters].sort(([one], [other]) => (one < other ? -1 : 1))),
    events: events.entries,
    eventsOmitted: events.omitted,
    timeline: timeline.entries(),
  };
}
