// The application that is ended: `app.js PHASE HOW DELAY-MS STOP-AFTER-MS`, with AGENT=start, or with the agent loaded before it,
// or without. Beside stdout and stderr it has a descriptor 3, to which it says that now it ends.
import cluster from "node:cluster";
import { writeSync } from "node:fs";
import net from "node:net";
import { join } from "node:path";
import threads from "node:worker_threads";
import type { Agent } from "../../../src/agent/agent.js";
import { packageRoot } from "../../package-root.js";
import type { How, PhaseName } from "./phases.js";

const [phase, how, delay, stop] = process.argv.slice(2) as [PhaseName, How, string, string];
const [delayMs, stopAfterMs] = [Number(delay), Number(stop)];
const clients = 20;

/** What keeps the process alive. */
const held = new Set<{ destroy(): void }>();
const hold = (socket: net.Socket): void => void held.add(socket.on("error", () => undefined));

/** In a process of a cluster that descriptor is the primary's channel. */
const say = (): void => void (cluster.isPrimary && writeSync(3, "."));

const ends: Readonly<Record<How, () => void>> = {
  exit: () => process.exit(3),
  loop() {
    process.exitCode = 4;
    for (const each of held) each.destroy();
    cluster.worker?.disconnect();
  },
  signal: () => void process.kill(process.pid, "SIGTERM"),
  exception() {
    throw new Error("mine");
  },
};
const end = (): void => {
  say();
  ends[how]();
};

/** To a part of a millisecond. */
const after = (ms: number, go: () => void): void => {
  const at = performance.now() + ms;
  const wait = (): void => {
    while (performance.now() < at);
    go();
  };
  setTimeout(wait, Math.max(0, Math.floor(ms) - 1));
};
const endLater = (): void => after(delayMs, end);
/** The loop stands until then, from the moment on in which the clients have come. */
const endHeld = (): void =>
  process.nextTick(() => {
    const at = performance.now() + delayMs;
    while (performance.now() < at);
    end();
  });

/** A server with more clients than its queue takes. */
const serve = (go: () => void): void => {
  const server = net.createServer(hold);
  held.add({ destroy: () => server.close() });
  server.listen({ port: 0, host: "127.0.0.1", backlog: 4 }, () => {
    const { port } = server.address() as net.AddressInfo;
    for (let n = 0; n < clients; n += 1) hold(net.connect(port, "127.0.0.1"));
    go();
  });
};

const startAgent = (): Agent | undefined => {
  if (process.env.AGENT !== "start") return undefined;
  const { start }: typeof import("../../../src/index.js") = require(join(packageRoot, "dist/index.js"));
  return start();
};

const upWithinMs = 100;
/** When the observer has told its first interval; without one after a while. */
const whenUp = (agent: Agent | undefined, go: () => void): void => {
  const from = performance.now();
  const look = (): void => {
    const isUp = agent ? agent.snapshot() !== undefined : performance.now() - from > upWithinMs;
    if (!isUp) return void setTimeout(look, 2);
    go();
  };
  look();
};

/** The observer's threads, which no application gets to see. */
const watchThreads = (): readonly threads.Worker[] => {
  const seen: threads.Worker[] = [];
  class Seen extends threads.Worker {
    constructor(...given: ConstructorParameters<typeof threads.Worker>) {
      super(...given);
      seen.push(this);
    }
  }
  Reflect.set(threads, "Worker", Seen);
  return seen;
};

const primary = (): void => {
  cluster.fork().on("exit", (code, signal) => {
    console.log(`ended: ${code} ${signal}`);
    process.exitCode = 5;
    say();
  });
};

/** The end comes to the thread and to the process at the same moment, where it is one that both can have. */
const withThread = (): void => {
  const worker = new threads.Worker(__filename, { argv: process.argv.slice(2) });
  after(delayMs, () => {
    worker.postMessage("end");
    if (how === "exit" || how === "signal") end();
    else if (how === "loop") process.exitCode = 4;
  });
};
const inThread = (): void => {
  serve(() => undefined);
  const port = threads.parentPort!;
  port.once("message", () => {
    if (how === "signal") return;
    port.close();
    end();
  });
};

const phases: Readonly<Record<PhaseName, () => void>> = {
  starting: endLater,
  "under the permission model": () => serve(endLater),
  looking() {
    const agent = startAgent();
    serve(() => whenUp(agent, endLater));
  },
  "looking at the stack": () => whenUp(startAgent(), () => serve(endHeld)),
  "writing findings": () => whenUp(startAgent(), () => serve(endHeld)),
  stopping() {
    const agent = startAgent();
    after(stopAfterMs, () => {
      void agent?.stop();
      endLater();
    });
  },
  "starting anew": () => {
    const observers = watchThreads();
    whenUp(startAgent(), () => {
      void observers[0]?.terminate();
      endLater();
    });
  },
  "a Worker of its own": () => (threads.isMainThread ? withThread() : inThread()),
  "in a cluster": () => (cluster.isPrimary ? primary() : serve(endLater)),
};

phases[phase]();
