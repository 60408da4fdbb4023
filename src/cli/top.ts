// `sockscope top`: what `diagnose` sees, live: listeners, findings, connections, network; in a pipe a block an interval.
import { setTimeout as wait } from "node:timers/promises";
import type { Frame } from "../export/frame/frame.js";
import type { Arguments, Command, Io } from "./command.js";
import { flag, text, UsageError } from "./command.js";
import { requireReadings } from "./here.js";
import { toJson } from "./json.js";
import { openOutside } from "./outside/outside.js";
import { targetOf } from "./outside/target-of.js";
import { harmless } from "./top/harmless.js";
import { isInterrupt, isQuit, isSuspend, withKey } from "./top/keys.js";
import { nameOf } from "./top/named.js";
import { plainLines } from "./top/plain.js";
import { screenLines } from "./top/render.js";
import { openScreen } from "./top/screen.js";
import { createSource, type FrameSource } from "./top/source.js";
import { firstState, type TopState, withFrame } from "./top/state.js";
import { parseDurationMs } from "./values.js";

export const top: Command = {
  name: "top",
  summary: "live view of listeners, queues, findings, connections and the network, from outside",
  usage: "[--pid N | --port N] [--interval 1s] [--json]",
  about: [
    "Without --pid or --port: all listeners and connections of this network namespace, those in trouble first.",
    "In the view: q quits, ? shows the keys. In a pipe: a block of plain lines an interval; with --json one JSON object (a frame) a line.",
  ],
  options: {
    pid: { type: "string", value: "N", about: "the sockets of this process, also in another network namespace (root)" },
    port: { type: "string", value: "N", about: "the listeners on this TCP port, and their connections" },
    interval: { type: "string", value: "TIME", about: "how often figures are shown: 250ms to 1m; 1s when left out" },
    json: { type: "boolean", about: "print one JSON object a line, one an interval" },
  },
  run: async (io, args) => {
    const intervalMs = intervalOf(args);
    const target = targetOf(args);
    requireReadings("addon", "sock_diag");
    const outside = openOutside(target, looksInWatch * intervalMs);
    io.atExit(() => outside.close());
    const source = createSource(outside, target, intervalMs, io.interrupted);
    const first = firstState(nameOf(target), intervalMs);
    if (flag(args, "json")) return printEach(io, source, (frame) => toJson(frame));
    if (io.terminal) return view(io, source, first);
    return printEach(io, source, (frame) => plainLines(withFrame(first, harmless(frame))).join("\n"));
  },
};

/** Of connections: in a watch there are at least so many, however dear, so that each interval has one. */
const looksInWatch = 4;
const shortestMs = 250;
const longestMs = 60_000;
/** Of Ctrl-C, which is a key while the view holds the terminal. */
const interrupted = 130;

const intervalOf = (args: Arguments): number => {
  const value = text(args, "interval") ?? "1s";
  const ms = parseDurationMs("--interval", value);
  if (ms < shortestMs || ms > longestMs)
    throw new UsageError(`--interval: "${value}" is not accepted; from 250ms to 1m is`);
  return ms;
};

/** Looks until the signal; `gone`: the process that is watched has ended. */
const watch = async (
  source: FrameSource,
  signal: AbortSignal,
  seen: (frame: Frame) => void,
  gone: () => "go on" | "end",
): Promise<void> => {
  while (!signal.aborted) {
    const frame = source.look();
    if (frame) seen(frame);
    if (source.isOver && gone() === "end") return;
    // An aborted wait rejects: the loop ends either way.
    await wait(source.pauseMs, undefined, { signal }).catch(() => {});
  }
};

const printEach = async (io: Io, source: FrameSource, lines: (frame: Frame) => string): Promise<number> => {
  const gone = (): "end" => {
    io.tell("sockscope top: the process has ended");
    return "end";
  };
  await watch(source, io.interrupted, (frame) => io.print(lines(frame)), gone);
  return 0;
};

/** The view in a terminal, until `q` or an interruption. */
const view = async (io: Io, source: FrameSource, first: TopState): Promise<number> => {
  const ending = new AbortController();
  let state = first;
  let status = 0;
  const draw = (): void => screen.draw(screenLines(state, screen.size(), io.paint));
  const end = (with_: number): void => {
    status = with_;
    ending.abort();
  };
  const screen = openScreen(io, {
    redraw: () => draw(),
    key: (key) => {
      if (isInterrupt(key)) return end(interrupted);
      if (isQuit(state, key)) return end(0);
      if (isSuspend(key)) return screen.suspend();
      state = withKey(state, key, screen.size());
      draw();
    },
  });
  try {
    draw();
    const signal = AbortSignal.any([ending.signal, io.interrupted]);
    const seen = (frame: Frame): void => {
      state = withFrame(state, harmless(frame));
      draw();
    };
    const gone = (): "go on" => {
      if (state.note === undefined) {
        state = { ...state, note: "the process has ended" };
        draw();
      }
      return "go on";
    };
    await watch(source, signal, seen, gone);
    return status;
  } finally {
    screen.close();
  }
};
