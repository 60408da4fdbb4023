import test from "ava";
import { blocked, explained, figure, outline, timeline } from "./timeline.js";

test("a loop that stands still while the queue overflows is named while it still stands", (t) => {
  const { snapshots } = timeline()
    .play(1000)
    .play(3000, { ...blocked, arrivals: 40 })
    .play(15_000);
  const findings = explained(snapshots);
  t.deepEqual(outline(findings).slice(0, 1), ["accept-queue-overflow/event-loop-blocked active"]);
  t.is(findings.at(-1)?.state, "resolved");
  t.deepEqual(new Set(findings.map(({ id, symptom, cause }) => `${id} ${symptom} ${cause}`)).size, 1);
  t.is(figure(findings.at(-1), "listener drops"), 103);
});
