// `sockscope record`: a flight record, or its HTML report, of a process that may have no agent; where its endpoint is open, the
// agent's own record, which includes the past.
import { setTimeout as wait } from "node:timers/promises";
import { count } from "../explain/format.js";
import { type FlightRecord, readRecord } from "../export/record/record.js";
import { type Command, type Io, text } from "./command.js";
import { readInventory } from "./doctor/inventory.js";
import { outputOf, writeOutput } from "./record/output.js";
import { recordOutside } from "./record/outside.js";
import type { Endpoint } from "./outside/endpoint.js";
import { askTrusted } from "./outside/endpoint-token.js";
import { endpointOfTarget } from "./outside/endpoint-of-target.js";
import { targetOf } from "./outside/target-of.js";
import { duringThis } from "./progress.js";
import { parseDurationMs } from "./values.js";

const usualMs = 30_000;

export const record: Command = {
  name: "record",
  summary: "write what happens to a file: an HTML report, or the raw record",
  usage: "-o FILE.html|FILE.ndjson [--duration 30s] [--pid N | --port N]",
  about: [
    "From outside, no agent needed in the target. Where the target has SOCKSCOPE_HTTP open, its agent's record is taken instead, with the last minutes before; a token is taken from SOCKSCOPE_HTTP_TOKEN here, and shown to another user's process only with --pid.",
    "FILE.ndjson: one frame a line; `sockscope report FILE.ndjson -o FILE.html` makes the report later.",
  ],
  options: {
    output: { type: "string", short: "o", value: "FILE", about: "the file to write: .html or .ndjson" },
    pid: { type: "string", value: "N", about: "the sockets of this process" },
    port: { type: "string", value: "N", about: "the listeners on this TCP port, and their connections" },
    duration: {
      type: "string",
      value: "TIME",
      about: "how long to record: 500ms, 5s, 2m; 30s when left out, and from an open endpoint what it has",
    },
  },
  run: async (io, args) => {
    const output = outputOf(text(args, "output"), ["html", "ndjson"]);
    const given = text(args, "duration");
    const durationMs = given === undefined ? undefined : parseDurationMs("--duration", given);
    const target = targetOf(args);
    const asked = readInventory({ onStart: io.atExit });
    const endpoint = endpointOfTarget(target);
    const inside = endpoint && (await recordInside(io, endpoint, target.pid !== undefined, durationMs));
    const taken = inside ?? (await recordOutside(io, target, durationMs ?? usualMs));
    const inventory = await asked;
    const header = taken.header && ("reason" in inventory ? taken.header : { ...taken.header, inventory });
    writeOutput(output, { ...taken, header });
    io.tell(`${count(taken.frames.length, "frame")}, ${foundIn(taken)}`);
    io.print(output.path);
    return 0;
  },
};

const foundIn = ({ frames }: FlightRecord): string => {
  const ids = new Set(
    frames.flatMap(({ findings }) => findings.filter(({ severity }) => severity !== "info")).map(({ id }) => id),
  );
  return ids.size === 0 ? "nothing to act on" : `${count(ids.size, "finding")} to act on`;
};

/** Ten minutes of a busy server are some megabytes. */
const answerMs = 15_000;

/** `undefined`: the endpoint does not answer, and that was said. */
const recordInside = async (
  io: Io,
  endpoint: Endpoint,
  isNamed: boolean,
  durationMs: number | undefined,
): Promise<FlightRecord | undefined> => {
  const { pid, name } = endpoint;
  const ask = (path: string): ReturnType<typeof askTrusted> =>
    askTrusted(endpoint, isNamed, { path, timeoutMs: answerMs });
  // Whether it answers is worth knowing before waiting for it.
  const able = await ask("/findings");
  if (!("reason" in able)) {
    io.tell(`recording from the agent of pid ${pid} (${name}), which has the last minutes`);
    if (durationMs !== undefined) await duringThis(io, `waiting ${durationMs / 1000} s`, pause(io, durationMs));
  }
  const answer = "reason" in able ? able : await ask("/record");
  const taken = "reason" in answer ? undefined : readRecord(answer.body);
  if (taken && taken.frames.length > 0) return taken;
  const reason = "reason" in answer ? answer.reason : "it has no frames yet";
  io.tell(`the agent of pid ${pid} at ${name} gives no record: ${reason}; recording from outside`);
  return undefined;
};

const pause = (io: Io, ms: number): Promise<void> => wait(ms, undefined, { signal: io.interrupted }).catch(() => {});
