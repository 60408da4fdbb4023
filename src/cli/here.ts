// Whether a command is possible on this machine, in this process; if not, one line that says why.
import { support } from "../kernel/index.js";
import { UsageError } from "./command.js";

/** Throws `UsageError` with the reason of the first of these readings that cannot be had. */
export const requireReadings = (...sources: readonly string[]): void => {
  const { readings, kernel } = support();
  for (const source of sources) {
    const { available, reason } = readings[source] ?? { available: false, reason: `unknown on ${kernel}` };
    if (!available)
      throw new UsageError(`not possible here: ${source}: ${reason ?? "cannot be read"} (sockscope doctor tells more)`);
  }
};
