// `sockscope top`: what `diagnose` sees, live: listeners, findings, connections, network; in a pipe a block an interval.
import type { Frame } from "../export/frame/frame.js";
import { jsonOf } from "../export/json.js";
import type { Arguments, Command, Io } from "./command.js";
import { flag, text, UsageError } from "./command.js";
import { requireReadings } from "./here.js";
import { openOutside } from "./outside/outside.js";
import { targetOf } from "./outside/target-of.js";
import { nameOf } from "./top/named.js";
import { plainLines } from "./top/plain.js";
import { createSource, type FrameSource } from "./top/source.js";
import { firstState, withFrame } from "./top/state.js";
import { runView } from "./top/view.js";
import { watch } from "./top/watch.js";
import { runWeb, servedAt } from "./top/web.js";
import { parseDurationMs } from "./values.js";
import { harmless } from "./view/harmless.js";

export const top: Command = {
  name: "top",
  summary: "live view of listeners, queues, findings, connections and the network, from outside",
  usage: "[--pid N | --port N] [--interval 1s] [--web [ADDRESS]] [--json]",
  about: [
    "Without --pid or --port: all listeners and connections of this network namespace, those in trouble first.",
    "In the view: q quits, ? shows the keys. In a pipe: a block of plain lines an interval; with --json one JSON object (a frame) a line.",
  ],
  options: {
    pid: { type: "string", value: "N", about: "the sockets of this process, also in another network namespace (root)" },
    port: { type: "string", value: "N", about: "the listeners on this TCP port, and their connections" },
    interval: { type: "string", value: "TIME", about: "how often figures are shown: 250ms to 1m; 1s when left out" },
    web: {
      type: "string",
      isValueOptional: true,
      value: "ADDRESS",
      about:
        "serve the live page and /metrics instead, and print the address: host:port, a port, a unix path; 127.0.0.1 and a free port when left out",
    },
    json: { type: "boolean", about: "print one JSON object a line, one an interval" },
  },
  run: async (io, args) => {
    const intervalMs = intervalOf(args);
    const target = targetOf(args);
    const webAt = text(args, "web");
    const web = webAt === undefined ? undefined : servedAt(webAt);
    requireReadings("addon", "sock_diag");
    const outside = openOutside(target, looksInWatch * intervalMs, true);
    io.atExit(() => outside.close());
    const source = createSource(outside, target, intervalMs, io.interrupted);
    const first = firstState(nameOf(target), intervalMs);
    if (web) return runWeb(io, source, first.what, web);
    if (flag(args, "json")) return printEach(io, source, (frame) => jsonOf(frame));
    if (io.terminal) return runView(io, source, first);
    return printEach(io, source, (frame) => plainLines(withFrame(first, harmless(frame))).join("\n"));
  },
};

/** Of connections: in a watch there are at least so many, however dear, so that each interval has one. */
const looksInWatch = 4;
const shortestMs = 250;
const longestMs = 60_000;

const intervalOf = (args: Arguments): number => {
  const value = text(args, "interval") ?? "1s";
  const ms = parseDurationMs("--interval", value);
  if (ms < shortestMs || ms > longestMs)
    throw new UsageError(`--interval: "${value}" is not accepted; from 250ms to 1m is`);
  return ms;
};

const printEach = async (io: Io, source: FrameSource, lines: (frame: Frame) => string): Promise<number> => {
  await watch(source, io.interrupted, {
    frame: (frame) => io.print(lines(frame)),
    gone: () => {
      io.tell("sockscope top: the process has ended");
      return false;
    },
  });
  return 0;
};
