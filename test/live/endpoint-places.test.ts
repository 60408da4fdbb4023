// Where the endpoint listens: tokens, unix sockets, addresses in use, an observer that dies, an application that ends.
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import type http from "node:http";
import net, { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { createBoardMemory } from "../../src/agent/shown/board.js";
import type { ObserverData, Report } from "../../src/agent/messages.js";
import { resolveOptions } from "../../src/agent/options/options.js";
import { createSlotMemory } from "../../src/agent/listeners/server-slots.js";
import { startThread } from "../../src/agent/thread.js";
import { eventually } from "../lab/eventually.js";
import { register } from "../lab/root.js";
import { packageRoot } from "../package-root.js";
import { ask, openApp } from "./endpoint-app.js";
import { runNode, withProgram } from "./run-node.js";

const freePort = async (): Promise<number> => {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
};

const withFolder = async (use: (folder: string) => Promise<void>): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), "sockscope-endpoint-"));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

test.serial(
  "on all addresses the token opens it, by any Host, and the page that asks for it comes with the 401",
  async (t) => {
    const { endpointPort: port } = await openApp(t, { http: "0.0.0.0:0", httpToken: "s3cret" });
    const asked = (headers: http.OutgoingHttpHeaders, path = "/metrics") => ask({ port, path, headers });
    t.is((await asked({ Host: "app.example", Authorization: "Bearer s3cret" })).status, 200);
    t.is((await asked({ Host: "localhost" })).status, 200);
    t.is((await asked({ Host: "localhost", Authorization: "Bearer s3cre" })).status, 401);
    const locked = await asked({ Host: "app.example" });
    t.is(locked.status, 401);
    t.is(locked.headers["www-authenticate"], 'Bearer realm="sockscope"');
    const page = await asked({ Host: "app.example" }, "/");
    t.is(page.status, 401);
    t.regex(page.text, /^<!doctype html>/);
  },
);

test.serial("a unix socket is its owner's alone, replaces one that was left behind, and goes with the agent", (t) =>
  withFolder(async (folder) => {
    const path = join(folder, "scope.sock");
    const first = await openApp(t, { http: path });
    t.is(first.http, path);
    t.is(statSync(path).mode & 0o777, 0o600);
    first.child.kill("SIGKILL");
    await once(first.child, "exit");
    t.true(statSync(path).isSocket());
    const second = await openApp(t, { http: path });
    t.is((await ask({ socketPath: path, path: "/healthz" })).status, 200);
    const third = await openApp(t, { http: path }, false);
    const refused = await eventually("the third says so", () =>
      third.said.find(({ status }) => status?.state === "degraded"),
    );
    t.is(
      refused.status?.reason,
      `SOCKSCOPE_HTTP: nothing is served at ${path}: the address is in use (EADDRINUSE); tried again quietly`,
    );
    t.is(JSON.parse((await ask({ socketPath: path, path: "/healthz" })).text).pid, second.child.pid);
    third.child.kill("SIGKILL");
    second.child.disconnect();
    await once(second.child, "exit");
    await eventually("the socket is gone", () => statSync(path, { throwIfNoEntry: false }) === undefined);
  }),
);

test.serial("a file that is no socket is never removed", (t) =>
  withFolder(async (folder) => {
    const path = join(folder, "precious");
    writeFileSync(path, "data");
    const app = await openApp(t, { http: path }, false);
    const refused = await eventually("it says so", () => app.said.find(({ status }) => status?.state === "degraded"));
    t.regex(refused.status?.reason ?? "", /the address is in use/);
    t.is(statSync(path).size, 4);
  }),
);

test.serial(
  "an address in use is said once, the application runs, and the endpoint comes when it is free",
  async (t) => {
    const holder = net.createServer().listen(0, "127.0.0.1");
    await once(holder, "listening");
    const { port } = holder.address() as AddressInfo;
    const app = await openApp(t, { http: port }, false);
    const degraded = () => app.said.filter(({ status }) => status?.state === "degraded").length;
    await eventually("it says so", () => degraded() > 0);
    t.is((await ask({ port: app.port })).text, "hello\n");
    holder.close();
    await once(holder, "close");
    await eventually("it is served", () => app.said.some(({ status }) => status?.http), 15_000);
    t.is(degraded(), 1);
    t.is((await ask({ port, path: "/healthz" })).status, 200);
  },
);

test.serial("diagnose from outside leaves the endpoint out where the environment names it, and asks it", async (t) => {
  const app = await openApp(t, {}, true, { SOCKSCOPE_HTTP: String(await freePort()) });
  const lingering = net.connect(app.endpointPort, "127.0.0.1").on("error", () => undefined);
  t.teardown(() => lingering.destroy());
  await once(lingering, "connect");
  const main = join(packageRoot, "build-test/src/cli/main.js");
  const ran = await runNode([main, "diagnose", "--pid", String(app.child.pid), "--duration", "500ms", "--json"]);
  t.is(ran.code, 0);
  t.deepEqual(
    JSON.parse(ran.stdout).listeners.map(({ port }: { readonly port: number }) => port),
    [app.port],
  );
});

test.serial("an observer that dies comes back with its endpoint", async (t) => {
  const port = await freePort();
  const { logger: _, ...options } = resolveOptions({ options: { log: "off", http: port }, env: {} }).options;
  const host = { mainInspectorUrl: undefined, permissionModel: false, execArgv: [], nodeOptions: undefined };
  const reports: Report[] = [];
  const data: ObserverData = {
    sockscope: "observer",
    options,
    board: createBoardMemory(),
    metrics: createBoardMemory(),
    slots: createSlotMemory(),
    wants: new SharedArrayBuffer(64),
    servers: [],
    host,
  };
  const thread = startThread(() => data, { report: (report) => void reports.push(report), died: () => undefined });
  const servedTimes = () => reports.filter((report) => report.type === "status" && report.status.http).length;
  await eventually("it is served", () => servedTimes() === 1, 10_000);
  // No such message exists: what it leads to ends the thread.
  thread.post({ type: "listening" } as never);
  await eventually("it is served again", () => servedTimes() === 2, 10_000);
  t.is((await ask({ port, path: "/healthz" })).status, 200);
  await thread.stop();
  await t.throwsAsync(ask({ port, path: "/healthz" }), { code: "ECONNREFUSED" });
});

test.serial("an application ends when it is done, also while a page is open", (t) =>
  withProgram(
    "app.cjs",
    `const http = require("node:http");
     const port = Number(process.env.SOCKSCOPE_HTTP);
     const watch = () => http.get({ port, path: "/events" }, (response) => {
       response.once("data", () => { console.log("done"); response.socket.unref(); });
     }).on("error", () => setTimeout(watch, 50));
     watch();`,
    async (file) => {
      const ran = await runNode(["--import", register, file], {
        SOCKSCOPE_HTTP: String(await freePort()),
        SOCKSCOPE_LOG: "off",
      });
      t.like(ran, { code: 0, stdout: "done\n", stderr: "" });
      t.true(ran.ms < 5000, `${ran.ms} ms`);
    },
  ),
);
