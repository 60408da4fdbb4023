// Looks from outside are dumps: rare on a host with many sockets, and one may miss a socket that is there.
import test from "ava";
import { type History, history, type Phase, told } from "./history.js";

const pauseMs = 12_000;
const stalled: Phase = {
  every: pauseMs,
  look: { pauseMs },
  row: { sendQBytes: 80_000 },
  tcp: { notSentBytes: 80_000, sndWndBytes: 0, backoff: 4 },
  each: (_, ms) => ({ tcp: { lastAckRecvMs: ms, lastDataSentMs: ms } }),
};
const outside = (): History => history({ source: "outside" }).play(0, { every: pauseMs, look: { pauseMs } });
const course = (line: History): readonly string[] =>
  told(line).map(({ symptom, cause, severity, state }) => `${symptom}/${cause} ${severity} ${state}`);
const seen = ["write-stalled/peer-not-reading info active", "write-stalled/peer-not-reading warning active"];

test("a connection that one dump misses has not gone: its finding goes on", (t) => {
  const line = outside()
    .play(3 * pauseMs, stalled)
    .play(pauseMs, { ...stalled, hidden: true })
    .play(pauseMs, stalled);
  t.deepEqual(course(line), seen);
});

test("a connection that three dumps in a row do not show has gone", (t) => {
  const line = outside()
    .play(3 * pauseMs, stalled)
    .play(4 * pauseMs, { ...stalled, hidden: true });
  t.deepEqual(course(line), [...seen, "write-stalled/peer-not-reading warning resolved"]);
});
