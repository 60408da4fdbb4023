import test from "ava";
import { sampleMessage } from "../../src/export/sample-message.js";

const quiet = { address: "0.0.0.0", port: 3000, length: 0, limit: 511 };

test("a sample's sentence says how full the queue is, how busy the loop was, and how many sockets there are", (t) => {
  t.is(
    sampleMessage({
      listeners: [{ ...quiet, length: 3, oldestMs: 250, dropped: 1 }],
      loops: [{ id: 1, main: true, idleShare: 0.25, iterations: 100 }],
      connections: { total: 14, read: 14, rows: 0, byState: { ESTAB: 12, unix: 2 } },
    }),
    "0.0.0.0:3000 has 3 of 512 waiting for up to 250 ms, 1 segment dropped; the main loop was 75 % busy; 14 other sockets, 12 established",
  );
});

test("of several listeners the one that drops is named, else the fullest; of several loops the busiest", (t) => {
  const full = { path: "/run/app.sock", length: 10, limit: 15 };
  const dropping = { address: "::", port: 80, length: 1, limit: 511, dropped: 7 };
  const loops = [
    { id: 1, main: true, idleShare: 0.9 },
    { id: 4, main: false, idleShare: 0.5 },
    { id: 5, main: false },
  ];
  t.is(
    sampleMessage({ listeners: [quiet, full], loops }),
    "/run/app.sock has 10 of 16 waiting (the worst of 2 listeners); loop 4 was 50 % busy",
  );
  t.is(
    sampleMessage({ listeners: [quiet, full, dropping], loops: [] }),
    "[::]:80 has 1 of 512 waiting, 7 segments dropped (the worst of 3 listeners)",
  );
  t.is(sampleMessage({ listeners: [], loops: [] }), "nothing listens");
});

test("a queue that was fuller between two lines is told with what it held at most", (t) => {
  const emptied = { address: "::", port: 80, length: 1, limit: 511, peak: 300, oldestMs: 4 };
  t.is(
    sampleMessage({ listeners: [{ ...quiet, length: 40 }, emptied], loops: [] }),
    "[::]:80 had up to 300 of 512 waiting, 1 now (the worst of 2 listeners)",
  );
});
