// diagnostics_channel `sockscope:finding` and `sockscope:sample`, and what goes to a logger beside them.
import { join } from "node:path";
import test from "ava";
import { packageRoot } from "../package-root.js";
import { runNode, withProgram } from "./run-node.js";

const index = JSON.stringify(join(packageRoot, "build-test/src/index.js"));

test.serial("samples come to the channel from the first subscriber to the last, whenever they subscribe", (t) =>
  withProgram(
    "app.mjs",
    `import dc from "node:diagnostics_channel"; import http from "node:http"; import { createRequire } from "node:module"; import { Worker } from "node:worker_threads";
     const first = () => {};
     dc.subscribe("sockscope:sample", first);
     const { start } = createRequire(import.meta.url)(${index});
     const hasLeft = dc.unsubscribe("sockscope:sample", first);
     let posts = 0;
     const { emit } = Worker.prototype;
     Worker.prototype.emit = function (name, ...values) { if (name === "message" && values[0]?.type === "sample") posts += 1; return emit.call(this, name, ...values); };
     const server = http.createServer().listen(0);
     const seen = { early: 0, byName: 0, byObject: 0 };
     const early = () => { seen.early += 1; };
     const byName = (snapshot, name) => { if (snapshot.listeners.length === 1 && name === "sockscope:sample") seen.byName += 1; };
     const byObject = () => { seen.byObject += 1; throw new Error("mine"); };
     const until = async (holds) => { const by = Date.now() + 10_000; while (!holds()) { if (Date.now() > by) throw new Error(JSON.stringify(seen)); await new Promise((go) => setTimeout(go, 10)); } };
     dc.subscribe("sockscope:sample", early);
     const agent = start({ log: "off", intervalMs: 50 });
     await until(() => seen.early > 1);
     dc.unsubscribe("sockscope:sample", early);
     const intervals = async (left) => { while (left-- > 0) { const { at } = agent.snapshot(); await until(() => agent.snapshot().at !== at); } };
     await intervals(2);
     const before = posts;
     await intervals(5);
     const posted = [before > 1, posts - before];
     dc.subscribe("sockscope:sample", byName);
     await until(() => seen.byName > 1);
     const channel = dc.channel("sockscope:sample");
     channel.subscribe(byObject);
     await until(() => seen.byObject > 2);
     const left = [dc.unsubscribe("sockscope:sample", byName), channel.unsubscribe(byObject), dc.unsubscribe("sockscope:sample", byName)];
     console.log(JSON.stringify({ hasLeft, posted, left, still: channel.hasSubscribers }));
     server.close(); await agent.stop();`,
    async (file) =>
      t.like(await runNode([file]), {
        code: 0,
        stdout: '{"hasLeft":true,"posted":[true,0],"left":[true,true,false],"still":false}\n',
        stderr: "sockscope: a subscriber of 'sockscope:sample' threw: Error: mine\n",
      }),
  ),
);

test.serial(
  "a finding comes to the channel once, however many agents there are, and is the one that listeners get",
  (t) =>
    withProgram(
      "app.mjs",
      `import dc from "node:diagnostics_channel"; import net from "node:net"; import { createRequire } from "node:module";
     const { start } = createRequire(import.meta.url)(${index});
     const agents = [start({ log: "off", intervalMs: 200 }), start()];
     const [published, heard] = [[], []];
     dc.subscribe("sockscope:finding", (finding) => published.push(finding));
     agents[0].on("finding", (finding) => heard.push(finding));
     const server = net.createServer((socket) => socket.on("error", () => {}).resume()).listen({ port: 0, host: "127.0.0.1", backlog: 1 });
     await new Promise((go) => server.once("listening", go));
     while (agents[0].snapshot()?.listeners.length !== 1) await new Promise((go) => setTimeout(go, 10));
     const sockets = Array.from({ length: 12 }, () => net.connect(server.address().port, "127.0.0.1").on("error", () => {}));
     await new Promise((go) => setImmediate(go));
     const until = Date.now() + 1200; while (Date.now() < until);
     const by = Date.now() + 10_000;
     const overflow = () => published.find(({ symptom }) => symptom === "accept-queue-overflow");
     while (!overflow() && Date.now() < by) await new Promise((go) => setTimeout(go, 10));
     console.log(JSON.stringify({ symptom: overflow()?.symptom, same: published.every((finding, at) => finding === heard[at]) && published.length === heard.length }));
     for (const socket of sockets) socket.destroy();
     server.close(); for (const agent of agents) await agent.stop();`,
      async (file) =>
        t.like(await runNode([file]), {
          code: 0,
          stdout: '{"symptom":"accept-queue-overflow","same":true}\n',
          stderr: "",
        }),
    ),
);

test.serial("with logLevel sample a logger gets each sample as a sentence and as figures", (t) =>
  withProgram(
    "app.mjs",
    `import http from "node:http"; import { createRequire } from "node:module";
     const { start } = createRequire(import.meta.url)(${index});
     const lines = [];
     const logger = { info: (payload, message) => lines.push({ message, ...payload }), warn() {}, error() {} };
     const server = http.createServer().listen(0, "127.0.0.1");
     const agent = start({ log: "off", logLevel: "sample", logger, intervalMs: 50 });
     const by = Date.now() + 10_000;
     while (!lines.some(({ message }) => message.includes("busy")) && Date.now() < by) await new Promise((go) => setTimeout(go, 10));
     const line = lines.find(({ message }) => message.includes("busy"));
     console.log(JSON.stringify({ ...line, sample: undefined, port: line.sample.listeners[0].port === server.address().port }).replaceAll(/\\d\\d+/g, "N"));
     server.close(); await agent.stop();`,
    async (file) => {
      const ran = await runNode([file]);
      t.like(ran, { code: 0, stderr: "" });
      const { message, ...rest } = JSON.parse(ran.stdout) as Record<string, unknown> & { message: string };
      t.regex(message, /^N\.0\.0\.1:N has 0 of N waiting; the main loop was (N|\d) % busy/);
      t.deepEqual(rest, { v: 1, event: "sample", port: true });
    },
  ),
);
