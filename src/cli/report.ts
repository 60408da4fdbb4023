// `sockscope report`: a flight record as one HTML file.
import { readFileSync, statSync } from "node:fs";
import { errorCode } from "../errors.js";
import { type FlightRecord, readRecord } from "../export/record/record.js";
import { count } from "../explain/format.js";
import { type Command, text, UsageError } from "./command.js";
import { outputOf, writeOutput } from "./record/output.js";

/** A record has 16 MB at most; what is much larger is something else. */
const mostBytes = 256 * 1024 * 1024;

export const report: Command = {
  name: "report",
  summary: "turn a flight record into one HTML file that opens offline",
  usage: "FILE.ndjson -o FILE.html",
  about: [
    "FILE.ndjson: what SOCKSCOPE_RECORD, agent.record(), SIGUSR2 or `sockscope record` has written.",
    "Of a damaged record the readable part is used; one line says how much was lost.",
  ],
  options: {
    output: { type: "string", short: "o", value: "FILE.html", about: "the file to write" },
  },
  positionals: { min: 1, max: 1, name: "FILE.ndjson" },
  run: (io, args) => {
    const output = outputOf(text(args, "output"), ["html"]);
    const [file = ""] = args.positionals;
    const record = readFile(file);
    if (record.lost > 0)
      io.tell(
        `${file} is damaged: ${count(record.lost, "line")} of ${lines(record)} lost (${record.problem}); the rest is used`,
      );
    writeOutput(output, record);
    io.print(output.path);
    return 0;
  },
};

const lines = ({ header, frames, lost }: FlightRecord): number => frames.length + lost + (header ? 1 : 0);

/** Throws `UsageError`. */
const readFile = (file: string): FlightRecord => {
  const record = readRecord(textOf(file));
  if (record.frames.length > 0 || record.header) return record;
  const problem = record.problem === undefined ? "it is empty" : record.problem;
  throw new UsageError(`${file} is no flight record: ${problem}`);
};

const textOf = (file: string): string => {
  try {
    const stat = statSync(file);
    if (!stat.isFile()) throw new UsageError(`${file} is not a file`);
    if (stat.size > mostBytes)
      throw new UsageError(`${file} is no flight record: it is larger than ${mostBytes} bytes`);
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${file} cannot be read (${errorCode(error)})`);
  }
};
