// The programs of a transfer scenario: who writes and reads when, as processes that perform system calls and note each.
import { type Engine, toNanos, toSeconds } from "../engine.js";
import { type Process, sleepUntil, spawn } from "../process.js";
import { poll } from "./programs/poll.js";
import { read } from "./programs/read.js";
import { write } from "./programs/write.js";
import type { CallOutcome, CallRecord, EndpointSpec, ReadSpec, Side, WriteSpec } from "./scenario.js";
import { errno, type StreamSocket } from "./stream-socket.js";
import { noTurns, type Turns } from "./turns.js";
import { poll as events } from "./wait-queue.js";

type Draft = { -readonly [Field in keyof CallRecord]: CallRecord[Field] };

export interface Caller {
  readonly engine: Engine;
  readonly side: Side;
  readonly socket: StreamSocket;
  /** Whose turn it is on a CPU that both ends share; none by default. */
  readonly turns?: Turns | undefined;
  /** Told of each call when it begins; what comes of it is filled in later. */
  readonly record: (call: CallRecord) => void;
  /** Told of each call when it is known what came of it. */
  readonly finished?: ((call: CallRecord) => void) | undefined;
  /** What a call has to wait for at this moment, in words. */
  readonly why: (call: CallRecord["call"]) => string;
  /** From a wake-up until the program runs, ns; 0 by default. */
  readonly wakeNanos?: number | undefined;
  /** What a call costs that moved so many bytes, ns; nothing by default. */
  readonly costNanos?: ((bytes: number) => number) | undefined;
}

const outcomes: Readonly<Record<number, CallOutcome>> = {
  [errno.EAGAIN]: "would-block",
  [errno.EPIPE]: "reset",
  [errno.ECONNRESET]: "reset",
  [errno.ENOTCONN]: "reset",
  [errno.ETIMEDOUT]: "timed-out",
};

const outcomeOf = (returned: number, { call, asked }: Draft): CallOutcome => {
  if (returned < 0) return outcomes[returned]!;
  if (returned === asked) return "complete";
  return call === "read" && returned === 0 ? "eof" : "partial";
};

/** Performs one call and notes it. A call that slept is "blocked", whatever it brought; one that still sleeps returned nothing. */
function* perform(caller: Caller, call: CallRecord["call"], asked: number, nonblocking: boolean): Process<Draft> {
  const { engine, side, socket } = caller;
  const at = toSeconds(engine.now());
  const draft: Draft = { at, side, call, asked, returned: 0, outcome: "complete", resumedAt: null, why: null };
  caller.record(draft);
  const onWait = (): void => {
    draft.outcome = "blocked";
    draft.why ??= caller.why(call);
  };
  const returned = yield* (call === "write" ? write : read)(socket, asked, { nonblocking, onWait });
  draft.returned = Math.max(0, returned);
  const outcome = outcomeOf(returned, draft);
  if (draft.outcome === "blocked") draft.resumedAt = toSeconds(engine.now());
  if (outcome === "would-block") draft.why = caller.why(call);
  if (draft.outcome !== "blocked" || isOver(outcome)) draft.outcome = outcome;
  caller.finished?.(draft);
  if (caller.costNanos) yield* sleepUntil(engine, engine.now() + caller.costNanos(draft.returned));
  return draft;
}

const isOver = (outcome: CallOutcome): boolean => outcome === "eof" || outcome === "reset" || outcome === "timed-out";

/** The other end's program runs meanwhile. */
function* aside<Returned>({ turns = noTurns }: Caller, wait: Process<Returned>): Process<Returned> {
  turns.end();
  const returned = yield* wait;
  yield* turns.take();
  return returned;
}

/** Sleeps until the socket is writable, as select(2) tells it. */
function* awaitSpace(caller: Caller, refused: readonly Draft[]): Process {
  yield* aside(caller, poll(caller.engine, [{ socket: caller.socket, events: events.out }]));
  for (const draft of refused) draft.resumedAt = toSeconds(caller.engine.now());
}

/** One entry of `writes`; false: the connection is gone. */
function* writeAll(caller: Caller, { bytes, chunk = bytes, every }: WriteSpec, nonblocking: boolean): Process<boolean> {
  let short: Draft | undefined;
  for (let left = bytes; left > 0; ) {
    const begun = caller.engine.now();
    const draft = yield* perform(caller, "write", Math.min(chunk, left), nonblocking);
    if (isOver(draft.outcome)) return false;
    left -= draft.returned;
    if (draft.outcome === "would-block") yield* awaitSpace(caller, short ? [short, draft] : [draft]);
    short = draft.outcome === "partial" ? draft : undefined;
    if (every !== undefined && draft.outcome !== "partial" && left > 0)
      yield* aside(caller, sleepUntil(caller.engine, begun + toNanos(every)));
  }
  return true;
}

function* writer(caller: Caller, writes: readonly WriteSpec[], nonblocking: boolean): Process {
  for (const spec of writes.toSorted((one, other) => one.at - other.at)) {
    yield* aside(caller, sleepUntil(caller.engine, toNanos(spec.at)));
    if (!(yield* writeAll(caller, spec, nonblocking))) return;
  }
}

/** Reads `bytes` by calls of `chunk`; stops early where nothing is left. */
function* readSome(caller: Caller, bytes: number, chunk: number, nonblocking: boolean): Process<boolean> {
  for (let left = bytes; left > 0; ) {
    const draft = yield* perform(caller, "read", Math.min(chunk, left), nonblocking);
    if (isOver(draft.outcome)) return false;
    if (draft.outcome === "would-block") return true;
    left -= draft.returned;
    if (chunk === bytes) return true;
  }
  return true;
}

function* reader(caller: Caller, spec: ReadSpec, nonblocking: boolean): Process {
  const { engine, socket } = caller;
  if ("at" in spec) {
    yield* aside(caller, sleepUntil(engine, toNanos(spec.at)));
    yield* readSome(caller, spec.bytes, spec.chunk ?? spec.bytes, nonblocking);
    return;
  }
  yield* aside(caller, sleepUntil(engine, toNanos(spec.from)));
  const end = spec.until === undefined ? Number.POSITIVE_INFINITY : toNanos(spec.until);
  const [bytes, every] = "every" in spec ? [spec.bytes, spec.every] : [spec.chunk, undefined];
  for (let round = 1; engine.now() < end; round += 1) {
    if (every === undefined && nonblocking) yield* aside(caller, poll(engine, [{ socket, events: events.in }]));
    if (engine.now() >= end || !(yield* readSome(caller, bytes, bytes, nonblocking))) return;
    if (every !== undefined) yield* aside(caller, sleepUntil(engine, toNanos(spec.from + round * every)));
  }
}

function* run({ turns = noTurns }: Caller, program: Process): Process {
  yield* turns.take();
  yield* program;
  turns.end();
}

/** Starts what the scenario says this end does: one process that writes, one for each entry of `reads`. */
export function startCalls(caller: Caller, { writes = [], reads = [], nonblocking = true }: EndpointSpec): void {
  const { engine, wakeNanos } = caller;
  if (writes.length > 0) spawn(engine, run(caller, writer(caller, writes, nonblocking)), wakeNanos);
  for (const spec of reads) spawn(engine, run(caller, reader(caller, spec, nonblocking)), wakeNanos);
}
