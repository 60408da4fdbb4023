// The agent and the main thread's answers: none without a finding, and with one, what Node knows goes into it.
import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import test, { type ExecutionContext } from "ava";
import { type Agent, type Finding, start, type StartOptions } from "../../src/index.js";
import { eventually } from "../lab/eventually.js";
import { portOf } from "./held-clients.js";

const running = (t: ExecutionContext, options: StartOptions = {}): Agent => {
  const agent = start({ log: "off", intervalMs: 200, ...options });
  t.teardown(() => agent.stop());
  return agent;
};

/** How often the handles of this process were listed: only a question to the main thread does that. */
const countListings = (t: ExecutionContext): (() => number) => {
  const original: unknown = Reflect.get(process, "_getActiveHandles");
  let calls = 0;
  Reflect.set(process, "_getActiveHandles", () => {
    calls += 1;
    return Reflect.apply(original as () => unknown[], process, []);
  });
  t.teardown(() => void Reflect.set(process, "_getActiveHandles", original));
  return () => calls;
};

const evidence = (finding: Finding | undefined, name: string) =>
  finding?.evidence.find((row) => row.name === name)?.value;

test.serial("while nothing is wrong the main thread is asked nothing", async (t) => {
  const server = http.createServer((_request, response) => response.end("ok")).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => server.close().closeAllConnections());
  const agent = running(t);
  const calls = countListings(t);
  const keepAlive = new http.Agent({ keepAlive: true });
  t.teardown(() => keepAlive.destroy());
  let intervals = 0;
  agent.on("sample", () => {
    intervals += 1;
  });
  await eventually(
    "ten intervals under load",
    async () => {
      const request = http.get({ port: portOf(server), host: "127.0.0.1", agent: keepAlive });
      const [response] = (await once(request, "response")) as [http.IncomingMessage];
      await once(response.resume(), "end");
      return intervals >= 10;
    },
    15_000,
  );
  t.deepEqual(
    agent.findings().filter(({ severity }) => severity !== "info"),
    [],
  );
  t.is(calls(), 0);
  t.is(agent.snapshot()?.self?.answersMs ?? 0, 0);
});

test.serial(
  "a finding about a paused stream says that it is, and with detail where it was paused and made",
  async (t) => {
    const agent = running(t, { detail: "connections" });
    const calls = countListings(t);
    const server = net.createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const client = net.connect(portOf(server), "127.0.0.1").on("error", () => undefined);
    const [accepted] = (await once(server, "connection")) as [net.Socket];
    t.teardown(() => {
      client.destroy();
      accepted.destroy();
      server.close();
    });
    const stopReading = (): void => void accepted.pause();
    stopReading();
    client.write(Buffer.alloc(16e6));
    const reading = await eventually(
      "read-stalled, with Node's side",
      () => agent.findings().find((finding) => finding.symptom === "read-stalled" && evidence(finding, "paused at")),
      10_000,
    );
    t.is(reading.cause, "application-not-reading");
    t.is(evidence(reading, "stream"), "paused");
    t.regex(String(evidence(reading, "paused at")), /^stopReading \(.*agent-node-side\.test\.[jt]s:\d+:\d+\)$/);
    t.is(evidence(reading, "paused at"), reading.stack?.[0]);
    const writing = await eventually(
      "write-stalled, with Node's side",
      () => agent.findings().find((finding) => finding.symptom === "write-stalled" && evidence(finding, "created at")),
      10_000,
    );
    t.is(evidence(writing, "held in Node"), client.writableLength);
    t.regex(String(evidence(writing, "created at")), /agent-node-side\.test\.[jt]s:\d+:\d+/);
    t.true(calls() >= 1);
    const spent = await eventually("the cost of answering", () => agent.snapshot()?.self?.answersMs);
    t.true(spent > 0 && spent < 1000);
  },
);
