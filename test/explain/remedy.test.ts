import test from "ava";
import { blocked, busy } from "./phases.js";
import { explained, timeline } from "./timeline.js";

test("a burst is answered with the backlog that would have held it", (t) => {
  const line = timeline({ limit: 16 }).play(1000).play(100, { burst: 300 }).play(10_000);
  t.deepEqual(explained(line.snapshots).at(-1)?.remedy, [
    "Raise the listen backlog to 512: server.listen({ port, backlog: 512 }).",
  ]);
});

test("a backlog beyond somaxconn needs that raised as well", (t) => {
  const sysctl = { somaxconn: 128, tcp_syn_linear_timeouts: 4 };
  const line = timeline({ limit: 100, listenBacklog: 100, sysctl }).play(1000).play(100, { burst: 400 }).play(10_000);
  t.deepEqual(explained(line.snapshots).at(-1)?.remedy, [
    "Raise the listen backlog to 512 and net.core.somaxconn (128) to the same: server.listen({ port, backlog: 512 }).",
  ]);
});

test("a limit that somaxconn cut needs somaxconn and a new listen", (t) => {
  const sysctl = { somaxconn: 128, tcp_syn_linear_timeouts: 4 };
  const line = timeline({ limit: 128, listenBacklog: 1024, sysctl }).play(1000).play(100, { burst: 400 }).play(10_000);
  t.deepEqual(explained(line.snapshots).at(-1)?.remedy, [
    "Raise net.core.somaxconn to 1024 in this network namespace, then restart or listen() again: it cuts the limit only at listen().",
  ]);
});

test("a block is answered with the stall that this limit absorbs at this rate", (t) => {
  const line = timeline({ limit: 16 })
    .play(1000)
    .play(600, { ...blocked, arrivals: 40 })
    .play(10_000);
  const remedy = explained(line.snapshots).at(-1)!.remedy;
  t.regex(
    remedy[0]!,
    /^Move the synchronous work off the event loop \(a Worker, or in slices\): it held it for 60\d ms\.$/,
  );
  t.regex(
    remedy[1]!,
    /^Keep stalls under 4\d\d ms: that is what a limit of 16 absorbs at (3[5-9]|4\d) connections\/s\.$/,
  );
});

test("a saturated loop is answered with the number of processes", (t) => {
  const line = timeline({ limit: 64, retrying: true })
    .play(1000)
    .play(5000, { ...busy, turns: 20, accepts: 20, arrivals: 60 })
    .play(20_000);
  t.regex(explained(line.snapshots).at(-1)!.remedy[0]!, /^Run [3-5] processes \(node:cluster, or reusePort\)/);
});
