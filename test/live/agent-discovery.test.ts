// Which listeners the observer sees, wherever and whenever they were opened: read back from its sample lines.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { eventually } from "../lab/eventually.js";
import { register, script } from "../lab/root.js";

interface SampledListener {
  readonly address?: string;
  readonly port?: number;
  readonly path?: string;
}
interface Line {
  readonly pid: number;
  readonly event: string;
  readonly sample?: { readonly listeners: readonly SampledListener[] };
}
interface App {
  /** The last sample of a process, as `address:port` or path. */
  seen(pid?: number): readonly string[] | undefined;
  /** All processes that have written a sample. */
  pids(): readonly number[];
  tell(word: string): void;
  said(): string;
  readonly pid: number;
}

const place = ({ address, port, path }: SampledListener): string => path ?? `${address}:${port}`;

/** Runs the program with the agent; it is told words on stdin and answers on a pipe of its own (fd 3). */
const withApp = async (
  source: string,
  use: (app: App, folder: string) => Promise<void>,
  wrap: readonly string[] = [],
  args: readonly string[] = ["--import", register],
): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), "sockscope-app-"));
  const file = join(folder, "app.cjs");
  writeFileSync(file, source);
  const [command, ...rest] = [...wrap, process.execPath, ...args, file];
  const env = { ...process.env, SOCKSCOPE_LOG_LEVEL: "sample", SOCKSCOPE_INTERVAL_MS: "100", SOCKSCOPE_LOG: "stdout" };
  const child = spawn(command ?? process.execPath, rest, {
    env,
    cwd: folder,
    stdio: ["pipe", "pipe", "inherit", "pipe"],
  });
  let [log, said] = ["", ""];
  child.stdout!.on("data", (chunk: Buffer) => (log += chunk.toString()));
  child.stdio[3]?.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const lines = (): readonly Line[] =>
    log
      .split("\n")
      .slice(0, -1)
      .map((line): Line => JSON.parse(line));
  const samples = (): readonly Line[] => lines().filter(({ sample }) => sample !== undefined);
  try {
    await use(
      {
        pid: child.pid!,
        seen: (pid = child.pid) =>
          samples()
            .findLast((line) => line.pid === pid)
            ?.sample?.listeners.map(place)
            .toSorted(),
        pids: () => [...new Set(samples().map(({ pid }) => pid))],
        tell: (word) => void child.stdin!.write(`${word}\n`),
        said: () => said,
      },
      folder,
    );
  } finally {
    const left = once(child, "exit");
    child.kill("SIGTERM");
    await left;
    rmSync(folder, { recursive: true, force: true });
  }
};

const sees = (app: App, places: () => readonly string[] | undefined, pid?: number): Promise<boolean> =>
  eventually(`listeners, seen ${app.seen(pid)?.join()}`, () => {
    const [seen, wanted] = [app.seen(pid), places()];
    return wanted !== undefined && seen !== undefined && seen.join() === wanted.toSorted().join();
  });
const portsSaid = (app: App): readonly string[] => app.said().split("\n").filter(Boolean);

const say = `const say = (text) => require("node:fs").writeSync(3, text + "\\n");
const order = (orders) => require("node:readline").createInterface({ input: process.stdin }).on("line", (word) => orders[word]());
const { createServer } = require("node:net");`;

test.serial(
  "a listener appears when it listens and goes when it closes, also when the server listens again",
  async (t) => {
    await withApp(
      `${say} const server = createServer();
     const listen = () => server.listen(0, "127.0.0.1", () => say("127.0.0.1:" + server.address().port));
     listen(); order({ close: () => server.close(), listen });`,
      async (app) => {
        t.true(await sees(app, () => portsSaid(app).slice(0, 1)));
        app.tell("close");
        t.true(await sees(app, () => []));
        app.tell("listen");
        t.true(await sees(app, () => portsSaid(app).slice(1)));
      },
    );
  },
);

test.serial("TCP on both families, unix paths, abstract names and listeners of Workers are seen", async (t) => {
  await withApp(
    `const { Worker, isMainThread } = require("node:worker_threads"); ${say}
     const tell = function () { const at = this.address(); say(typeof at === "string" ? at.replace("\\0", "@") : at.address + ":" + at.port); };
     if (isMainThread) {
       for (const where of [{ port: 0, host: "127.0.0.1" }, { port: 0, host: "::1" }, { port: 0 }, { path: process.cwd() + "/app.sock" }, { path: "\\0sockscope-" + process.pid }])
         createServer().listen(where, tell);
       new Worker(__filename);
     } else createServer().listen(0, "127.0.0.1", tell);`,
    async (app) => {
      t.true(await sees(app, () => (portsSaid(app).length === 6 ? portsSaid(app) : undefined)));
    },
  );
});

test.serial("a listener that was open before start() is seen", async (t) => {
  const index = JSON.stringify(register.replace("register.js", "index.js"));
  await withApp(
    `${say} const server = createServer().listen(0, "127.0.0.1", () => {
       say("127.0.0.1:" + server.address().port);
       setTimeout(() => require(${index}).start(), 100); });`,
    async (app) => {
      t.true(await sees(app, () => portsSaid(app)));
    },
    [],
    [],
  );
});

test.serial("listeners that were inherited and share a port are seen one by one", async (t) => {
  await withApp(
    `${say} setInterval(() => {}, 1000); for (const fd of [10, 11]) createServer().listen({ fd });`,
    async (app) => {
      t.true(await sees(app, () => ["127.0.0.1:3917", "127.0.0.1:3917"]));
    },
    ["python3", script("inherit.py"), "127.0.0.1", "3917", "5", "2"],
  );
});

const cluster = (policy: string): string => `const cluster = require("node:cluster"); ${say}
  cluster.schedulingPolicy = cluster.${policy};
  if (cluster.isPrimary) { for (let i = 0; i < 2; i++) cluster.fork(); cluster.on("listening", (worker, { port }) => say(worker.process.pid + " " + port)); order({ kill: () => process.kill(Math.min(...Object.values(cluster.workers).map((w) => w.process.pid))) }); }
  else require("node:net").createServer().listen(${policy === "SCHED_RR" ? 0 : 3918}, "127.0.0.1");`;

const owners = (app: App): readonly number[] => app.pids().filter((pid) => (app.seen(pid)?.length ?? 0) > 0);

test.serial("in a round-robin cluster the primary reports the listener, alone", async (t) => {
  await withApp(cluster("SCHED_RR"), async (app) => {
    await eventually(
      "three processes and one owner",
      () => app.pids().length === 3 && owners(app).length === 1 && portsSaid(app).length === 2,
      12_000,
    );
    t.deepEqual(owners(app), [app.pid]);
  });
});

test.serial("in a cluster with a shared socket one accepting process reports it, and another takes over", async (t) => {
  await withApp(cluster("SCHED_NONE"), async (app) => {
    const workers = (): number[] => portsSaid(app).map((line) => Number(line.split(" ")[0]));
    await eventually("three processes, two workers", () => app.pids().length === 3 && workers().length === 2, 12_000);
    const [first, second] = workers().toSorted((one, other) => one - other);
    await eventually(
      `one owner, now ${owners(app).join()} of ${workers().join()}`,
      () => owners(app).join() === String(first),
      12_000,
    );
    app.tell("kill");
    await eventually("another owner", () => app.seen(second)?.join() === "127.0.0.1:3918", 12_000);
    t.deepEqual(app.seen(app.pid), []);
  });
});
