// The textbook server: each worker accepts one connection, serves it, and only then accepts the next.
import { type Engine, priority, toNanos } from "../engine.js";
import type { Listener } from "./listener.js";
import type { BlockingServerSpec } from "./scenario.js";

export function runBlockingServer(engine: Engine, listener: Listener, spec: BlockingServerSpec): void {
  const serviceTime = toNanos(spec.serviceTime);
  let idle = spec.workers ?? 1;
  const serve = (): void => {
    while (idle > 0 && listener.accept()) {
      idle -= 1;
      engine.at(engine.now() + serviceTime, priority.server, () => {
        idle += 1;
        serve();
      });
    }
  };
  listener.watch(() => engine.at(engine.now(), priority.server, serve));
}
