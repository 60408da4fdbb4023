// The observer's thread ends in every way in which a thread can end; the application answers its clients meanwhile,
// hears of it, and ends with its own code.
import test from "ava";
import { index, runApp } from "./chaos-app.js";

const ways: readonly (readonly [how: string, code: string, reason: RegExp])[] = [
  ["is terminated", "observer.terminate()", /it ended by itself/],
  ["calls process.exit", 'observer.postMessage({ type: "stop" })', /it ended by itself/],
  ["has an exception that nobody catches", 'observer.postMessage({ type: "listening" })', /TypeError/],
  [
    "has no memory left",
    `for (let n = 0; n < 400; n += 1)
       observer.postMessage({ type: "listening", server: { fd: 1e6 + n, roundRobin: false, words: Array.from({ length: 10_000 }, (_, i) => n + i + 0.5) } })`,
    /ERR_WORKER_OUT_OF_MEMORY/,
  ],
];

/** Asks itself over and over; the longest gap of its own loop is told. */
const program = (kill: string): string => `
const http = require("node:http");
const { start } = require(${index});
const agent = start();
const counts = { asked: 0, answered: 0 };
let asking;
const states = [];
let diedAt = Infinity;
agent.on("status", ({ state, reason }) => { states.push([state, reason]); if (state === "restarting") diedAt = Date.now(); });
const server = http.createServer((request, response) => response.end("ok")).listen(0, "127.0.0.1", () => {
  asking = setInterval(() => {
    counts.asked += 1;
    http.get({ port: server.address().port, agent: false }, (response) => response.resume().on("end", () => (counts.answered += 1)));
  }, 20);
});
let last = performance.now(), gapMs = 0;
setInterval(() => { const now = performance.now(); gapMs = Math.max(gapMs, now - last); last = now; }, 1);
const seen = () => agent.snapshot()?.time ?? 0;
const first = setInterval(() => {
  if (seen() === 0) return;
  clearInterval(first);
  const [observer] = observers;
  ${kill};
}, 10);
const again = setInterval(() => {
  if (seen() < diedAt || counts.answered < 50) return;
  clearInterval(asking);
  if (counts.answered < counts.asked) return;
  clearInterval(again);
  console.log(JSON.stringify({ states, threads: observers.length, listeners: agent.snapshot().listeners.length, answered: counts.answered, gapMs }));
  process.exit(5);
}, 20);
`;

for (const [how, kill, reason] of ways)
  test(`an observer that ${how} is started anew after a second, and the application goes on`, async (t) => {
    const ran = await runApp(program(kill), { HEAP_MB: how === "has no memory left" ? "24" : "" });
    t.is(ran.code, 5, ran.stderr);
    const told = JSON.parse(ran.stdout);
    t.log(told);
    t.like(told, { threads: 2, listeners: 1 });
    t.deepEqual(
      told.states.map(([state]: [string]) => state),
      ["restarting"],
    );
    t.regex(told.states[0][1], reason);
    // Said in the log by the main thread, since nobody else can.
    const lines = ran.stderr
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    t.deepEqual(
      lines.map(({ event, status }) => [event, status?.state]),
      [["status", "restarting"]],
    );
  });
