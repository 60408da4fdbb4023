// The calls of a scenario: programs that write and read as it says, and what each call returned.
import { type Engine, toNanos, toSeconds } from "../engine.js";
import { type Process, sleep, spawn } from "../process.js";
import { poll } from "./programs/poll.js";
import { read } from "./programs/read.js";
import { write } from "./programs/write.js";
import type { CallOutcome, CallRecord, EndpointSpec, ReadSpec, Side, WriteSpec } from "./scenario.js";
import { errno, type StreamSocket } from "./stream-socket.js";
import { poll as events } from "./wait-queue.js";

const mostCalls = 10_000;

type Mutable<Shape> = { -readonly [Name in keyof Shape]: Shape[Name] };
type Call = Mutable<CallRecord>;

export interface CallLog {
  readonly calls: readonly CallRecord[];
  omitted(): number;
  written(side: Side): number;
  read(side: Side): number;
}

interface Program {
  readonly engine: Engine;
  readonly side: Side;
  readonly socket: StreamSocket;
  readonly nonblocking: boolean;
  readonly log: (call: Call) => Call;
  /** Why a call has to wait, in words. */
  readonly why: (call: CallRecord["call"]) => string;
}

const outcomeOf = (asked: number, returned: number, isRead: boolean): CallOutcome => {
  if (returned === errno.EAGAIN) return "would-block";
  if (returned === errno.ETIMEDOUT) return "timed-out";
  if (returned < 0) return "reset";
  if (isRead) return returned === 0 && asked > 0 ? "eof" : returned < asked ? "partial" : "complete";
  return returned < asked ? "partial" : "complete";
};

/** Performs a call and writes down what it returned; `undefined`: the connection has ended. */
function* perform(
  program: Program,
  call: CallRecord["call"],
  asked: number,
): Process<{ record: Call; returned: number }> {
  const { engine, socket, nonblocking } = program;
  const at = toSeconds(engine.now());
  let why: string | null = null;
  const onWait = (): void => {
    why ??= program.why(call);
  };
  const options = { nonblocking, onWait };
  const returned = yield* call === "write" ? write(socket, asked, options) : read(socket, asked, options);
  const outcome = outcomeOf(asked, returned, call === "read");
  const record = program.log({
    at,
    side: program.side,
    call,
    asked,
    returned: Math.max(0, returned),
    outcome: why !== null && returned >= 0 ? "blocked" : outcome,
    resumedAt: why === null ? null : toSeconds(engine.now()),
    why: outcome === "would-block" || outcome === "partial" ? program.why(call) : why,
  });
  return { record, returned };
}

/** Writes until all is taken; where it would block, again when the socket is writable. */
function* writer(program: Program, { at, bytes, chunk, every }: WriteSpec): Process {
  const { engine, socket } = program;
  yield* sleep(engine, at);
  for (let left = bytes; left > 0; ) {
    const { record, returned } = yield* perform(program, "write", Math.min(left, chunk ?? bytes));
    if (returned < 0 && returned !== errno.EAGAIN) return;
    left -= Math.max(0, returned);
    if (record.outcome === "would-block") {
      yield* poll(engine, [{ socket, events: events.out }]);
      record.resumedAt = toSeconds(engine.now());
    } else if (every !== undefined && left > 0) yield* sleep(engine, every);
  }
}

function* readSome(program: Program, bytes: number, chunk: number): Process {
  for (let left = bytes; left > 0; ) {
    const { returned } = yield* perform(program, "read", Math.min(left, chunk));
    if (returned <= 0) return;
    left -= returned;
  }
}

/** Reads whenever there is something, as a program around poll(2) does. */
function* readAllAlong(program: Program, from: number, until: number | undefined, chunk: number): Process {
  const { engine, socket } = program;
  yield* sleep(engine, from);
  const deadline = until === undefined ? Number.POSITIVE_INFINITY : toNanos(until);
  while (engine.now() < deadline) {
    const timeout = until === undefined ? undefined : Math.max(0, (deadline - engine.now()) / 1e9);
    const [found] = yield* poll(engine, [{ socket, events: events.in }], timeout);
    if (found === 0 || engine.now() >= deadline) return;
    const { returned } = yield* perform(program, "read", chunk);
    if (returned === 0 || (returned < 0 && returned !== errno.EAGAIN)) return;
  }
}

function* readRegularly(program: Program, spec: Extract<ReadSpec, { readonly every: number }>): Process {
  yield* sleep(program.engine, spec.from);
  for (let nth = 1; ; nth += 1) {
    const { returned } = yield* perform(program, "read", spec.bytes);
    if (returned === 0 || (returned < 0 && returned !== errno.EAGAIN)) return;
    const next = spec.from + nth * spec.every;
    if (next >= spec.until) return;
    yield* sleep(program.engine, Math.max(0, next - program.engine.now() / 1e9));
  }
}

function* reader(program: Program, spec: ReadSpec): Process {
  if ("every" in spec) return yield* readRegularly(program, spec);
  if ("from" in spec) return yield* readAllAlong(program, spec.from, spec.until, spec.chunk);
  yield* sleep(program.engine, spec.at);
  yield* readSome(program, spec.bytes, spec.chunk ?? spec.bytes);
}

function* inTurn(program: Program, writes: readonly WriteSpec[]): Process {
  for (const spec of [...writes].sort((one, other) => one.at - other.at)) {
    const wait = Math.max(0, spec.at - program.engine.now() / 1e9);
    yield* writer(program, { ...spec, at: wait });
  }
}

export interface CallInput {
  readonly engine: Engine;
  readonly sockets: Readonly<Record<Side, StreamSocket>>;
  readonly specs: Readonly<Record<Side, EndpointSpec>>;
  readonly why: (side: Side, call: CallRecord["call"]) => string;
}

/** Starts the programs of both ends: one that writes, and one for each way of reading. */
export function startCalls({ engine, sockets, specs, why }: CallInput): CallLog {
  const calls: Call[] = [];
  let omitted = 0;
  const totals = { sender: { write: 0, read: 0 }, receiver: { write: 0, read: 0 } };
  for (const side of ["sender", "receiver"] as const) {
    const program: Program = {
      engine,
      side,
      socket: sockets[side],
      nonblocking: specs[side].nonblocking ?? true,
      log: (call) => {
        totals[side][call.call] += call.returned;
        if (calls.length < mostCalls) calls.push(call);
        else omitted += 1;
        return call;
      },
      why: (call) => why(side, call),
    };
    if (specs[side].writes) spawn(engine, inTurn(program, specs[side].writes));
    for (const spec of specs[side].reads ?? []) spawn(engine, reader(program, spec));
  }
  return {
    calls,
    omitted: () => omitted,
    written: (side) => totals[side].write,
    read: (side) => totals[side].read,
  };
}
