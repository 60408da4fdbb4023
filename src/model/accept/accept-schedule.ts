// A server that accepts at given moments: as many as wait, up to the number asked for; the call does not block.
import { schedule } from "../arrivals.js";
import { type Engine, priority, toNanos } from "../engine.js";
import type { Listener } from "./listener.js";
import type { AcceptCall } from "./scenario.js";

export function runAcceptSchedule(engine: Engine, listener: Listener, calls: readonly AcceptCall[]): void {
  for (const call of calls) {
    if ("rate" in call) {
      schedule(engine, call, priority.server, listener.accept);
      continue;
    }
    engine.at(toNanos(call.at), priority.server, () => {
      const most = call.count === "all" ? Number.POSITIVE_INFINITY : call.count;
      for (let taken = 0; taken < most; taken += 1) if (!listener.accept()) return;
    });
  }
}
