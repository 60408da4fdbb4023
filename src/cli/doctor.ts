// `sockscope doctor`: what can be read here, and what of settings, limits and listeners will hurt, with the numbers.
import { existsSync } from "node:fs";
import { adviseOn } from "../explain/advice/advice.js";
import { jsonOf } from "../export/json.js";
import { type Arguments, type Command, flag, type Io, text, UsageError } from "./command.js";
import { lookAround } from "./doctor/look.js";
import { reportOf } from "./doctor/report.js";
import { duringThis } from "./progress.js";
import { parseWhole } from "./values.js";
import { harmless } from "./view/harmless.js";

export const doctor: Command = {
  name: "doctor",
  summary: "what can be read here, sysctls and limits that will hurt, with the numbers to use",
  usage: "[--pid N] [--json]",
  about: [
    "Looks once at this network namespace, or at that of a process: settings, every listener, the descriptors and CPU quota of the processes that hold them.",
    "For what happens while it happens: sockscope diagnose.",
  ],
  options: {
    pid: { type: "string", value: "N", about: "the network namespace, limits and cgroup of this process" },
    json: { type: "boolean", about: "print one JSON object: {advice, listeners, processes, settings, support, …}" },
  },
  run: (io, args) => runDoctor(io, args),
};

const mostPid = 4_194_304;

const runDoctor = async (io: Io, args: Arguments): Promise<number> => {
  if (process.platform !== "linux") throw new UsageError(`Linux is needed, this is ${process.platform}`);
  const pid = text(args, "pid") === undefined ? undefined : parseWhole("--pid", text(args, "pid")!, 1, mostPid);
  if (pid !== undefined && !existsSync(`/proc/${pid}`)) throw new UsageError(`there is no process ${pid}`);
  const readings = await duringThis(
    io,
    "looking at settings, interfaces and the machine",
    lookAround(pid, (kill) => io.atExit(kill)),
  );
  if (readings.listeners === undefined && readings.counters === undefined && readings.settings.somaxconn === undefined)
    throw new UsageError(`nothing can be read here: ${readings.missing[0]?.reason ?? "/proc is not mounted"}`);
  const advice = adviseOn(readings);
  if (flag(args, "json")) io.print(jsonOf({ advice, ...readings }));
  else io.print(reportOf(harmless(readings), harmless(advice), Math.min(100, io.width()), io.paint).join("\n"));
  return advice.some(({ severity }) => severity !== "info") ? 1 : 0;
};
