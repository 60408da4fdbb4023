import test from "ava";
import type { Io } from "../../src/cli/command.js";
import { demos } from "../../src/cli/demo/demos.js";
import type { ClientTally } from "../../src/cli/demo/plan.js";
import { tell } from "../../src/cli/demo/teller.js";
import { openLive } from "../../src/cli/live.js";
import { plain } from "../../src/cli/view/paint.js";
import type { Finding } from "../../src/explain/finding.js";

const fakeIo = (terminal: boolean): { readonly io: Io; readonly out: string[] } => {
  const out: string[] = [];
  const io: Io = {
    print: (text) => void out.push(...text.split("\n")),
    write: (text) => void out.push(text),
    tell: () => {},
    progress: () => {},
    terminal,
    paint: plain,
    width: () => 80,
    height: () => 24,
    interrupted: new AbortController().signal,
    atExit: () => {},
  };
  return { io, out };
};

const tally: ClientTally = { opened: 9, answered: 9, cut: 0, waiting: 0, medianMs: 1, slowestMs: 2, overSecond: 0 };
const finding: Finding = {
  id: "1",
  symptom: "accept-queue-overflow",
  cause: "event-loop-blocked",
  severity: "critical",
  confidence: 0.9,
  state: "active",
  subject: { kind: "listener" },
  summary: "127.0.0.1:3000 dropped 3 connection attempts: the event loop stood still for 1.2 s on the CPU.",
  evidence: [],
  ruledOut: [],
  stack: ["rebuildSearchIndex (/app/server.js:12:9)"],
  remedy: [],
  firstSeen: 0,
  lastSeen: 0,
};

test("the story of a run in a pipe is plain lines, each finding said once and again when it is better known", (t) => {
  const { io, out } = fakeIo(false);
  const story = tell(demos[0]!, io, openLive(io));
  story.begin?.(3000, 12, 16);
  story.sample?.({ atMs: 50, length: 0, drops: 0 }, tally);
  story.sample?.({ atMs: 1040, length: 9, drops: 0 }, tally);
  story.sample?.({ atMs: 1500, length: 17, drops: 1 }, { ...tally, waiting: 17 });
  story.finding?.({ ...finding, stack: undefined }, 1800);
  story.finding?.({ ...finding, stack: undefined, lastSeen: 5 }, 1900);
  story.finding?.(finding, 2210);
  story.sample?.({ atMs: 3600, length: 0, drops: 80 }, { ...tally, cut: 2 });
  t.deepEqual(out, [
    "  0.0 s  the server (pid 12) listens on 127.0.0.1:3000, the clients begin",
    "  1.0 s  GET /reindex calls rebuildSearchIndex() on the main thread",
    "  1.0 s  the accept queue fills: 9 of 17",
    "  1.5 s  the accept queue is full: 17 of 17",
    "  1.5 s  the kernel drops the first segment",
    "  1.8 s  sockscope says:",
    "         ▲ critical  accept-queue-overflow, cause event-loop-blocked",
    "           127.0.0.1:3000 dropped 3 connection attempts: the event loop stood",
    "           still for 1.2 s on the CPU.",
    "  2.2 s  sockscope says:",
    "         ▲ critical  accept-queue-overflow, cause event-loop-blocked",
    "           127.0.0.1:3000 dropped 3 connection attempts: the event loop stood",
    "           still for 1.2 s on the CPU.",
    "           at rebuildSearchIndex (/app/server.js:12:9)",
    "  3.6 s  the accept queue is empty again; 80 segments were dropped",
    "  3.6 s  the first connections are closed without an answer",
  ]);
});

test("a live region is drawn again in place, below the lines that stay", (t) => {
  const { io, out } = fakeIo(true);
  const live = openLive(io);
  live.draw(["a chart"]);
  live.log(["a line"]);
  live.end(false);
  t.deepEqual(out, [
    "\u001b[?2026h\u001b[?25l\r\u001b[Ja chart\u001b[K\n\u001b[?2026l",
    "\u001b[?2026h\u001b[1A\r\u001b[Ja line\u001b[K\na chart\u001b[K\n\u001b[?2026l",
    "\u001b[?2026h\u001b[1A\r\u001b[J\u001b[?2026l",
    "\u001b[?25h",
  ]);
});
