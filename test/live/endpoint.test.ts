// The endpoint against those who mean it no good, and while the application's main thread stands still.
import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import test from "ava";
import type { Frame } from "../../src/export/frame/frame.js";
import { eventually } from "../lab/eventually.js";
import { type App, ask, openApp, sayRaw } from "./endpoint-app.js";

let app: App;
const torn: (() => void)[] = [];
test.before(async () => {
  app = await openApp({ teardown: (fn) => void torn.push(fn) });
});
test.after.always(() => {
  for (const tear of torn) tear();
});

const get = (path: string, headers: http.OutgoingHttpHeaders = {}) => ask({ port: app.endpointPort, path, headers });
const applicationAnswers = async (): Promise<boolean> => (await ask({ port: app.port })).text === "hello\n";
const framesIn = (text: string): readonly Frame[] =>
  [...text.matchAll(/event: frame\ndata: (.*)\n\n/g)].map(([, data]) => JSON.parse(data!));

/** A page that is open: what it has got so far. */
const openPage = async (): Promise<{ readonly text: () => string; readonly close: () => void }> => {
  const request = http.get({ port: app.endpointPort, host: "127.0.0.1", path: "/events", agent: false });
  const [response] = (await once(request, "response")) as [http.IncomingMessage];
  let text = "";
  response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  response.on("error", () => undefined);
  return { text: () => text, close: () => request.destroy() };
};

test.serial("every path answers, with headers that keep it to itself, and HEAD has no body", async (t) => {
  const listener = `/explain?listener=127.0.0.1:${app.port}`;
  await eventually("the first interval", async () => (await get(listener)).status === 200);
  const statuses = await Promise.all(
    ["/metrics", "/findings", "/healthz", listener, "/explain?connection=1", "/explain", "/nothing"].map(
      async (path) => (await get(path)).status,
    ),
  );
  t.deepEqual(statuses, [200, 200, 200, 200, 404, 400, 404]);
  const { headers, text } = await get("/findings");
  t.deepEqual(JSON.parse(text), { findings: [] });
  t.like(headers, {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  });
  const page = await get("/");
  t.is(page.status, 200);
  t.regex(String(page.headers["content-security-policy"]), /script-src 'sha256-[^;]*; .*frame-ancestors 'none'$/);
  const head = await ask({ port: app.endpointPort, path: "/findings", method: "HEAD" });
  t.deepEqual([head.status, head.text, head.headers["content-length"]], [200, "", headers["content-length"]]);
});

test.serial("metrics and frames come while the main thread is blocked for 3 s", async (t) => {
  const page = await openPage();
  await eventually("a frame", () => framesIn(page.text()).length > 0);
  app.child.send({ blockMs: 3000 });
  await eventually("it is blocked", () => app.said.at(-1)?.blocked === true);
  const times: number[] = [];
  while (times.length < 20) {
    const began = performance.now();
    t.is((await get("/metrics")).status, 200);
    times.push(performance.now() - began);
  }
  const frame = await eventually("a frame that shows the stall", () =>
    framesIn(page.text()).find(({ loops }) => loops.some(({ stalledMs = 0 }) => stalledMs > 800)),
  );
  t.true(app.said.at(-1)?.blocked, "still blocked");
  t.log(
    `20 answers: ${Math.max(...times).toFixed(1)} ms at most, ${times.toSorted((a, b) => a - b)[10]!.toFixed(1)} ms the median`,
  );
  t.is(frame.source, "process");
  await eventually("it runs again", () => app.said.at(-1)?.blocked === false);
  page.close();
});

test.serial(
  "nothing that it reports is its own: with pages open and asked by many, only the application is seen",
  async (t) => {
    const pages = await Promise.all([openPage(), openPage(), openPage()]);
    const lingering = Array.from({ length: 20 }, () => net.connect(app.endpointPort, "127.0.0.1"));
    await Promise.all(lingering.map((socket) => once(socket, "connect")));
    await Promise.all(Array.from({ length: 50 }, () => get("/metrics")));
    const seen = framesIn(pages[0].text()).length;
    await eventually("more frames", () => framesIn(pages[0].text()).length > seen + 2);
    for (const frame of framesIn(pages[0].text())) {
      t.deepEqual(
        frame.listeners.map(({ port }) => port),
        [app.port],
      );
      const own = frame.connections?.rows.filter(({ local }) => local?.endsWith(`:${app.endpointPort}`));
      t.deepEqual(own, []);
      t.is(frame.connections?.byState.ESTAB ?? 0, 0);
    }
    const metrics = (await get("/metrics")).text;
    t.regex(metrics, new RegExp(`sockscope_tcp_accept_queue_length\\{.*server_port="${app.port}"\\} 0`));
    t.notRegex(metrics, new RegExp(`server_port="${app.endpointPort}"`));
    for (const socket of lingering) socket.destroy();
    for (const page of pages) page.close();
  },
);

test.serial("wrong Hosts, foreign pages, other methods and path tricks get a plain no", async (t) => {
  const no: readonly (readonly [number, http.RequestOptions, string?])[] = [
    [403, { path: "/metrics", headers: { Host: "evil.example" } }],
    [403, { path: "/metrics", headers: { Host: `localhost.evil.example:${app.endpointPort}` } }],
    [403, { path: "/findings", headers: { Origin: "https://evil.example" } }],
    [403, { path: "/events", headers: { "Sec-Fetch-Site": "cross-site" } }],
    [405, { path: "/metrics", method: "POST" }, "x".repeat(100_000)],
    [405, { path: "/", method: "OPTIONS" }],
    [400, { path: "/metrics", headers: { "Content-Length": 6 } }, "a body"],
    [404, { path: "/../../etc/passwd" }],
    [404, { path: "/..%2f..%2fetc/passwd" }],
    [404, { path: "//metrics" }],
    [404, { path: "/metrics/" }],
    [404, { path: "/__proto__" }],
    [404, { path: "/constructor" }],
    [414, { path: `/${"a".repeat(5000)}` }],
  ];
  for (const [status, options, body] of no)
    t.is(
      (await ask({ port: app.endpointPort, ...options }, body)).status,
      status,
      JSON.stringify(options).slice(0, 80),
    );
  t.is((await ask({ port: app.endpointPort, method: "POST" })).headers.allow, "GET, HEAD");
});

test.serial("a head of 10 MB, half a request and no HTTP at all end the connection, nothing else", async (t) => {
  const { endpointPort: port } = app;
  const [large, half, silent, noise, absolute, upgrade] = await Promise.all([
    sayRaw(port, `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${"y".repeat(10_000_000)}`),
    sayRaw(port, "GET /metrics HTTP/1.1\r\nHost: localh"),
    sayRaw(port, ""),
    sayRaw(port, Buffer.from([0x16, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3])),
    sayRaw(port, "GET http://evil.example/metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    sayRaw(
      port,
      "GET /nothing HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n",
    ),
  ]);
  t.regex(large, /^(HTTP\/1\.1 431 |$)/);
  t.regex(half, /^HTTP\/1\.1 408 /);
  t.regex(silent, /^(HTTP\/1\.1 408 |$)/);
  t.regex(noise, /^HTTP\/1\.1 400 /);
  t.regex(absolute, /^HTTP\/1\.1 400 /);
  t.regex(upgrade, /^HTTP\/1\.1 404 /);
  t.true(await applicationAnswers());
});

test.serial(
  "500 connections at once and readers that do not read: the application answers, nothing is left behind",
  async (t) => {
    await eventually("all is quiet", async () => (await get("/healthz")).status === 200);
    const before = app.fds();
    const crowd = Array.from({ length: 500 }, (_, n) => {
      const socket = net.connect(app.endpointPort, "127.0.0.1");
      socket.on("error", () => undefined);
      socket.on("connect", () =>
        socket.write(n % 2 === 0 ? "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n" : "GET / HTTP/1.1\r\nHos"),
      );
      return socket.pause();
    });
    await eventually("the crowd is in", () => app.fds() > before + 100);
    t.true(await applicationAnswers());
    t.true(app.fds() < before + 250, `${app.fds() - before} descriptors more`);
    for (const socket of crowd) socket.destroy();
    await eventually("its descriptors are given back", () => app.fds() <= before, 10_000);
    const answers = await Promise.all(Array.from({ length: 150 }, () => get("/findings")));
    t.true(answers.every(({ status }) => status === 200));
    t.true(await applicationAnswers());
    t.is(app.child.exitCode, null);
  },
);
