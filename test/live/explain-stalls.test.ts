// `sockscope explain` on a live transfer that stands: the cause is right, and the figures are those of ss.
import { agreeWithSs, explainLive, layTransfer, outlineOf } from "./explained.js";
import { timedAsRootWithSs } from "./needs.js";

const has = (word: string | undefined, least: number): boolean => Number(word ?? 0) >= least;

timedAsRootWithSs("explain: the peer does not read", async (t) => {
  const { near, far, start, until } = await layTransfer(t, { path: { kind: "veth" } });
  const server = await start(near, { host: near.address, listen: true, send: {} });
  await start(far, { host: near.address, read: "none" });
  await until("the window is shut for long", ({ words }) => has(words.backoff, 5));
  const explained = await explainLive(near, server);
  t.is(outlineOf(explained), "write-stalled/peer-not-reading warning");
  t.is(explained.status, 1);
  t.regex(
    explained.finding!.summary,
    /^1 connection at port 3000 could not send: the peer does not read \(.* wait, the peer's window is 0 bytes, nothing moved for .*\)\.$/,
  );
  const compared = agreeWithSs(t, explained);
  for (const name of ["written, not sent", "peer's window", "send buffer used", "doublings of the probe timer"])
    t.true(compared.includes(name), name);
  t.is(explained.account!.read.outcome, "would-block");
  t.regex(explained.account!.write.until ?? "", /the peer must read/);
});

timedAsRootWithSs("explain: we do not read", async (t) => {
  const { near, far, start, until } = await layTransfer(t, { path: { kind: "veth" } });
  const server = await start(near, { host: near.address, listen: true, read: "none" });
  await start(far, { host: near.address, send: {} });
  await until("nothing comes any more", ({ recvQ, words }) => recvQ > 0 && has(words.lastrcv, 1500));
  const explained = await explainLive(near, server, "--duration", "6s");
  t.is(outlineOf(explained), "read-stalled/application-not-reading warning");
  t.regex(
    explained.finding!.summary,
    /^1 connection at port 3000 did not read what had arrived: the application does not read \(.* wait in the kernel, nothing read for .*\)\.$/,
  );
  const compared = agreeWithSs(t, explained);
  for (const name of ["received, not read", "receive buffer", "receive buffer used"])
    t.true(compared.includes(name), name);
  const unread = explained.finding!.evidence.find(({ name }) => name === "received, not read")!.value;
  t.like(explained.account!.read, { outcome: "short", bytes: unread });
});

timedAsRootWithSs("explain: the path is a blackhole", async (t) => {
  const { near, far, wire, start, until } = await layTransfer(t, {
    path: { kind: "wire", delayMs: 10, bitsPerSecond: 20e6, queueBytes: 60_000 },
  });
  const server = await start(near, { host: near.address, listen: true, send: {} });
  await start(far, { host: near.address });
  await until("bytes flow", ({ words }) => has(words.bytes_acked, 500_000));
  await wire.set({ dead: true });
  await until("timeouts follow one another", ({ words }) => has(words.backoff, 4));
  const explained = await explainLive(near, server);
  t.is(outlineOf(explained), "write-stalled/path-blackhole warning");
  t.regex(
    explained.finding!.summary,
    /^1 connection at port 3000 could not send: nothing comes back from the peer \(.* wait, \d+ timeouts in a row, peer silent for .*, the kernel gives up in about .*\)\.$/,
  );
  const compared = agreeWithSs(t, explained);
  for (const name of [
    "in flight, unanswered",
    "timeouts in a row",
    "waiting",
    "peer last heard",
    "doublings of the timer",
  ])
    t.true(compared.includes(name), name);
  t.regex(explained.account!.write.until ?? "", /the path must answer/);
});

timedAsRootWithSs("explain: small writes meet a delayed ACK", async (t) => {
  const { near, far, start, until } = await layTransfer(t, { path: { kind: "veth" } });
  await start(far, { host: far.address, listen: true, reply: { toBytes: 500, writes: [200] } });
  const client = await start(near, { host: far.address, ask: { writes: [100, 400], replyBytes: 200 } });
  await until("rounds are made", ({ words }) => has(words.data_segs_out, 60));
  const explained = await explainLive(near, client);
  t.is(outlineOf(explained), "write-stalled/nagle-delayed-ack warning");
  t.regex(
    explained.finding!.summary,
    /waited 40 ms in each round trip: small writes meet a delayed ACK \(Nagle\) \(\d+ round trips in \d+ ms, 4\d ms each\)\.$/,
  );
  const compared = agreeWithSs(t, explained);
  for (const name of ["held back now", "in flight", "least round trip"]) t.true(compared.includes(name), name);
});

timedAsRootWithSs("explain: a segment is missing before those that came", async (t) => {
  const { near, far, wire, start, until } = await layTransfer(t, { path: { kind: "wire", delayMs: 150 } });
  const server = await start(near, { host: near.address, listen: true });
  const client = await start(far, { host: near.address });
  await client.hear("connected");
  await wire.set({ direction: "ba", loseOne: true });
  client.tell({ kind: "send", bytes: 14_480, chunkBytes: 14_480 });
  await client.hear("send:done");
  await until("segments came out of order", ({ words }) => has(words.rcv_ooopack, 5));
  const explained = await explainLive(near, server, "--duration", "4s");
  t.is(outlineOf(explained), "read-stalled/out-of-order-hole warning");
  t.regex(
    explained.finding!.summary,
    /^1 connection at port 3000 got nothing although data arrived: a segment before it is missing \(.* are held behind a gap that stands for .*\)\.$/,
  );
  const compared = agreeWithSs(t, explained);
  for (const name of ["held out of order", "received, not read", "out-of-order packets"])
    t.true(compared.includes(name), name);
  t.regex(explained.account!.read.why, /segments behind one that is missing/);
});
