// A loop that stands still: named while it stands, with the JavaScript that holds it.
import test from "ava";
import { blocked } from "./phases.js";
import { explained, figure, outline, timeline } from "./timeline.js";

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

test("the stack that was found is told, and called from when the pause came late", (t) => {
  const frames = ["rebuildSearchIndex (/app/server.js:12:9)", "onRequest (/app/server.js:40:3)"];
  const play = (exact: boolean) =>
    explained(
      timeline()
        .play(1000)
        .play(400, { ...blocked, burst: 40 })
        .play(600, { ...blocked, stall: { frames, exact, pauseMs: 3 } })
        .play(10_000).snapshots,
    );
  const exact = play(true).at(-1)!;
  t.deepEqual(exact.stack, frames);
  t.regex(
    exact.summary,
    /the event loop stood still for 1\.0 s on the CPU in rebuildSearchIndex \(\/app\/server\.js:12:9\)\.$/,
  );
  t.is(figure(exact, "pause for the stack"), 3);
  t.regex(exact.remedy[0]!, /^Move the work in rebuildSearchIndex \(\/app\/server\.js:12:9\) off the event loop/);
  const late = play(false).at(-1)!;
  t.regex(late.summary, /called from rebuildSearchIndex/);
  t.true(late.confidence < exact.confidence);
  t.true(
    outline(play(true)).filter((one) => one.endsWith("active")).length >= 2,
    "the stack is a change worth telling",
  );
});

test("a look that found no frames says why", (t) => {
  const line = timeline()
    .play(1000)
    .play(400, { ...blocked, burst: 40 });
  line.play(600, { ...blocked, stall: { frames: [], note: "an inspector is attached" } });
  const last = explained(line.play(10_000).snapshots).at(-1)!;
  t.is(last.stack, undefined);
  t.is(figure(last, "JavaScript stack"), "an inspector is attached");
});
