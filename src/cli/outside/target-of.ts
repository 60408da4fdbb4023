// What `--pid N` or `--port N` asks to be watched.
import { type Arguments, text, UsageError } from "../command.js";
import { parseWhole } from "../values.js";
import type { OutsideTarget } from "./outside.js";

/** Throws `UsageError`. Neither: everything of this network namespace. */
export const targetOf = (args: Arguments): OutsideTarget => {
  const [pid, port] = [text(args, "pid"), text(args, "port")];
  if (pid !== undefined && port !== undefined) throw new UsageError("--pid and --port exclude each other");
  return {
    pid: pid === undefined ? undefined : parseWhole("--pid", pid, 1, 2 ** 22),
    port: port === undefined ? undefined : parseWhole("--port", port, 1, 65535),
  };
};
