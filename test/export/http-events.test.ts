import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import test, { type ExecutionContext } from "ava";
import { createEvents, type EventLimits, eventLimits, type Events } from "../../src/export/http/events.js";
import { eventually } from "../lab/eventually.js";

const frame = (n: number, bytes = 0): string => JSON.stringify({ v: 1, n, pad: "x".repeat(bytes) });

interface Watcher {
  readonly response: http.IncomingMessage;
  /** `event data` of each, in order. */
  readonly seen: () => readonly (readonly [string, unknown])[];
}

const served = async (
  t: ExecutionContext,
  limits: Partial<EventLimits> = {},
): Promise<{ events: Events; watch: () => Promise<Watcher> }> => {
  const events = createEvents({ ...eventLimits, ...limits });
  const server = http.createServer((_request, response) => events.join(response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => {
    events.close();
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  const watch = async (): Promise<Watcher> => {
    const request = http.get({ port, host: "127.0.0.1", agent: false });
    const [response] = (await once(request, "response")) as [http.IncomingMessage];
    let text = "";
    response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    const seen = (): (readonly [string, unknown])[] =>
      [...text.matchAll(/event: (\w+)\ndata: (.*)\n\n/g)].map(([, event, data]) => [event!, JSON.parse(data!)]);
    return { response, seen };
  };
  return { events, watch };
};

test("who comes gets the last frames, then each as it comes, and findings between them", async (t) => {
  const { events, watch } = await served(t, { frames: 2 });
  for (const n of [1, 2, 3]) events.frame(frame(n));
  const { seen } = await watch();
  await eventually("the history", () => seen().length > 0);
  events.finding('{"id":"f"}');
  events.frame(frame(4));
  await eventually("a frame", () => seen().length > 2);
  t.deepEqual(seen(), [
    ["history", [JSON.parse(frame(2)), JSON.parse(frame(3))]],
    ["finding", { id: "f" }],
    ["frame", JSON.parse(frame(4))],
  ]);
});

test("who does not read loses frames, is told how many, and the others lose none", async (t) => {
  const { events, watch } = await served(t, { waitingBytes: 100_000, frames: 1 });
  const [slow, quick] = await Promise.all([watch(), watch()]);
  slow.response.pause();
  const sent = 120;
  for (let n = 0; n < sent; n += 1) {
    events.frame(frame(n, 100_000));
    await eventually("the quick one", () => quick.seen().length > n + 1);
  }
  t.true(quick.seen().every(([, data]) => (data as { lost?: number }).lost === undefined));
  slow.response.resume();
  const caughtUp = await eventually("the slow one", () => {
    events.frame(frame(sent));
    return slow.seen().find(([, data]) => (data as { lost?: number }).lost !== undefined);
  });
  const { lost } = caughtUp[1] as { lost: number };
  t.true(lost > 20 && lost < sent, `lost ${lost}`);
});

test("history keeps within its bytes, and pages beyond the limit are told to come later", async (t) => {
  const { events, watch } = await served(t, { historyBytes: 5000, clients: 1 });
  for (let n = 0; n < 100; n += 1) events.frame(frame(n, 500));
  const { seen, response } = await watch();
  await eventually("the history", () => seen().length > 0);
  const [, history] = seen()[0] as readonly [string, readonly { n: number }[]];
  t.true(history.length >= 8 && history.length <= 9);
  t.is(history.at(-1)?.n, 99);
  t.is((await watch()).response.statusCode, 503);
  response.destroy();
  await eventually("room again", async () => (await watch()).response.statusCode === 200);
});
