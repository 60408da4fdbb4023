import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import type { Frame } from "../../src/export/frame/frame.js";
import { composeStory } from "../../src/web/report/story.js";
import { stallsOf } from "../../src/web/report/stalls.js";
import { packageRoot } from "../package-root.js";

const frames = JSON.parse(readFileSync(join(packageRoot, "test/export/fixtures/frames.json"), "utf8")) as Frame[];
const began = frames[0]!.time;
/** Seconds since the record began. */
const clock = (time: number): string => `+${((time - began) / 1000).toFixed(1)}`;

test("the story of an overflow behind a blocked loop is told from what to why and what to do", (t) => {
  const { headline, severity, what, when, why, todo, predicted, listener, also } = composeStory({ frames }, clock);
  t.deepEqual(
    {
      headline,
      severity,
      what,
      when,
      why,
      todo: todo[0],
      predicted,
      listener,
      also: also.map(({ symptom }) => symptom),
    },
    {
      headline: "Connection attempts were dropped at 127.0.0.1:3000: the accept queue was full",
      severity: "critical",
      what: [
        "127.0.0.1:3000 dropped 195 connection attempts because its accept queue (limit 16) was full, about 126 clients delayed: the event loop stood still for 2.1 s off the CPU in rebuildSearchIndex (/app/server.js:5:160).",
        "While it lasted, at most 17 connections waited in the accept queue (limit 16), the longest for 1.6 s, 195 segments were dropped, the event loop was 79 % busy and stood still for up to 2.0 s in rebuildSearchIndex (/app/server.js:5:160), and up to 3.9 MB waited to be sent.",
      ],
      when: [
        "It began at +13.8 and was over at +15.9, after 2.1 s.",
        "The record begins 15 s before it and goes on until +30.7.",
        "In the 14 s before, at most 3 connections waited in the accept queue (limit 16), nothing was dropped, the event loop was 9 % busy, and up to 3.9 MB waited to be sent.",
        "In the 14 s after, at most 3 connections waited in the accept queue (limit 16), nothing was dropped, the event loop was 3 % busy, and up to 3.9 MB waited to be sent.",
      ],
      why: [
        "One piece of JavaScript held the event loop: while it ran, nothing was accepted, read or written.",
        "The code that was running: rebuildSearchIndex (/app/server.js:5:160).",
        "Looked into and ruled out: process-stopped, cpu-starved, event-loop-saturated, backlog-clamped, backlog-too-small; the figures are below.",
      ],
      todo: "Move the work in rebuildSearchIndex (/app/server.js:5:160) off the event loop (a Worker, or in slices): it held it for 2.1 s.",
      predicted: [
        "as it was: drops 179, clients delayed 104, longest wait 2364 ms, observed drops 195",
        "with no stall: drops 0, clients delayed 0, longest wait 28 ms",
        "with backlog 256: drops 0, clients delayed 0, longest wait 2364 ms",
      ],
      listener: "127.0.0.1:3000",
      also: ["write-stalled", "write-buffered-in-process", "read-stalled"],
    },
  );
});

test("what happened when is in the order of time, a stall in its whole length", (t) => {
  t.deepEqual(
    composeStory({ frames }, clock).moments.map(({ time, text }) => `${clock(time)} ${text}`),
    [
      "+6.4 warning: write-stalled begins (peer-not-reading), connection 127.0.0.1:3000 of pid 18985",
      "+10.4 warning: write-buffered-in-process begins (backpressure-ignored), connection 127.0.0.1:3000 of pid 18985",
      "+13.6 the event loop stands still for 2.0 s: rebuildSearchIndex (/app/server.js:5:160)",
      "+13.8 critical: accept-queue-overflow begins (event-loop-blocked), listener 127.0.0.1:3000 of pid 18985",
      "+13.9 the accept queue of 127.0.0.1:3000 is full: 17 wait, limit 16",
      "+15.2 warning: read-stalled begins (event-loop-blocked), connections 127.0.0.1:3000 of pid 18985",
      "+15.6 read-stalled ends, connections 127.0.0.1:3000 of pid 18985",
      "+15.9 accept-queue-overflow ends, listener 127.0.0.1:3000 of pid 18985",
      "+15.9 the accept queue of 127.0.0.1:3000 is empty again; 195 segments dropped while it was not",
      "+25.5 write-stalled ends, connection 127.0.0.1:3000 of pid 18985",
      "+25.5 write-buffered-in-process ends, connection 127.0.0.1:3000 of pid 18985",
    ],
  );
  t.deepEqual(
    stallsOf(frames).map(({ from, to, where }) => [clock(from), clock(to), where]),
    [["+13.6", "+15.6", "rebuildSearchIndex (/app/server.js:5:160)"]],
  );
});

test("a record in which nothing was found says so, with the figures of its time", (t) => {
  const quiet = frames.slice(0, 6).map((frame) => ({ ...frame, findings: [] }));
  const { headline, severity, what, when, why, todo, main } = composeStory({ frames: quiet }, clock);
  t.deepEqual(
    { headline, severity, what, when, why, todo, main },
    {
      headline: "Nothing to act on was found",
      severity: "quiet",
      what: [
        "In the time recorded, at most 3 connections waited in the accept queue (limit 16), nothing was dropped, the event loop was 5 % busy, and up to 397 KB waited to be sent.",
      ],
      when: ["The record covers 5.3 s, from +0.0 to +5.3."],
      why: [],
      todo: [],
      main: undefined,
    },
  );
});

test("a record without frames has a story, too", (t) => {
  t.like(composeStory({ frames: [] }, clock), {
    headline: "The record holds no frames",
    what: [],
    when: [],
    moments: [],
  });
});

test("a finding that has not ended when the record does is told as such", (t) => {
  const cut = frames.slice(0, 16);
  t.deepEqual(composeStory({ frames: cut }, clock).when.slice(0, 2), [
    "It began at +13.8 and had not ended when the record did, 2.4 s later.",
    "The record begins 15 s before it and goes on until +16.2.",
  ]);
});

test("a story of sockets tells of what waited in them first", (t) => {
  const only = frames.map((frame) => ({
    ...frame,
    findings: frame.findings.filter(({ symptom }) => symptom === "write-stalled"),
  }));
  const { headline, what } = composeStory({ frames: only }, clock);
  t.is(headline, "Data could not be sent at 127.0.0.1:3000");
  t.regex(what[1]!, /^While it lasted, up to 3\.9 MB waited to be sent, the event loop was 19 % busy /);
});
