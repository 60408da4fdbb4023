// A Node process at one end of a transfer: what it writes to its stream and when, whether it heeds `false`, when it
// pauses, and what a chunk costs it.
import { nanosPerSecond, toNanos, toSeconds } from "../engine.js";
import { spawn } from "../process.js";
import type { Caller } from "./calls.js";
import { type LoopUse, type NodeLoop, runNode } from "./programs/node-loop.js";
import { createNodeSocket, type NodeSocket } from "./programs/node-socket.js";
import type { CallRecord, NodeFigures, NodeSpec, WriteSpec } from "./scenario.js";
import type { StreamSocket } from "./stream-socket.js";

/** The socket, with each of libuv's calls noted. */
function noting({ engine, side, socket, record, why }: Caller): StreamSocket {
  const note = (call: CallRecord["call"], asked: number, returned: number): number => {
    const isEof = call === "read" && returned === 0 && socket.isEof();
    const outcome = returned === asked ? "complete" : returned > 0 ? "partial" : isEof ? "eof" : "would-block";
    const reason = outcome === "would-block" ? why(call) : null;
    record({ at: toSeconds(engine.now()), side, call, asked, returned, outcome, resumedAt: null, why: reason });
    return returned;
  };
  return {
    ...socket,
    send: (bytes) => note("write", bytes, socket.send(bytes)),
    receive: (bytes) => note("read", bytes, socket.receive(bytes)),
  };
}

/** Runs `act` at `seconds` of virtual time, or at once when that is past. */
function at({ now, setTimeout }: NodeLoop, seconds: number, act: () => void): void {
  const wait = toNanos(seconds) - now();
  if (wait <= 0) act();
  else setTimeout(act, wait / nanosPerSecond);
}

interface Program {
  readonly loop: NodeLoop;
  readonly socket: NodeSocket;
  readonly heedsDrain: boolean;
  onDrain: () => void;
}

/** stream.write() by chunks, then the next entry of `writes`. */
function writeOut(program: Program, [spec, ...others]: readonly WriteSpec[]): void {
  if (!spec) return;
  const { loop, socket, heedsDrain } = program;
  const { bytes, chunk = bytes, every } = spec;
  let left = bytes;
  const step = (): void => {
    while (left > 0) {
      const size = Math.min(chunk, left);
      left -= size;
      const goesOn = socket.write(size) || !heedsDrain;
      if (goesOn && every === undefined) continue;
      if (goesOn) loop.setTimeout(step, every!);
      else program.onDrain = step;
      return;
    }
    writeOut(program, others);
  };
  at(loop, spec.at, step);
}

export interface NodeEnd {
  /** What it holds and has held. */
  figures(): NodeFigures;
  loop(): LoopUse | undefined;
}

/** Starts it; it runs for ever. */
export function startNode(caller: Caller, node: NodeSpec, writes: readonly WriteSpec[]): NodeEnd {
  let [drains, given] = [0, 0];
  let socket: NodeSocket | undefined;
  let use: LoopUse | undefined;
  const main = (loop: NodeLoop): void => {
    use = loop.use;
    const onDrain = (): void => {
      drains += 1;
      const goOn = program.onDrain;
      program.onDrain = () => {};
      goOn();
    };
    let answers = 0;
    const answer = (): void => {
      if (node.answerBytes === undefined) return;
      answers += 1;
      const serial = answers;
      socket!.write(node.answerBytes);
      const closeIdle = (): void => {
        if (answers === serial) socket!.destroy();
      };
      if (node.keepAliveTimeout !== undefined) loop.setTimeout(closeIdle, node.keepAliveTimeout);
    };
    const onData = (bytes: number): void => {
      given += bytes;
      loop.block(node.workPerChunk ?? 0);
      answer();
    };
    socket = createNodeSocket(loop, noting(caller), { highWaterMark: node.highWaterMark, onDrain, onData });
    const program: Program = { loop, socket, heedsDrain: node.heedsDrain ?? true, onDrain: () => {} };
    for (const { from, until } of node.pauses ?? []) {
      at(loop, from, socket.pause);
      at(loop, until, socket.resume);
    }
    writeOut(program, writes);
  };
  spawn(caller.engine, runNode(caller.engine, main), caller.wakeNanos);
  const figures = (): NodeFigures => ({
    writableLength: socket?.writableLength() ?? 0,
    peakWritableLength: socket?.peakWritableLength() ?? 0,
    readableLength: socket?.readableLength() ?? 0,
    peakReadableLength: socket?.peakReadableLength() ?? 0,
    drains,
    given,
  });
  return { figures, loop: () => use };
}
