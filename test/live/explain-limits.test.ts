// `sockscope explain` on a live transfer that moves and could go faster: the limit is right, and the figures are those of ss.
import type { ExecutionContext } from "ava";
import {
  agreeWithSs,
  type Explained,
  explainLive,
  layTransfer,
  outlineOf,
  rateInSs,
  type Transfer,
} from "./explained.js";
import { timedAsRootWithSs } from "./needs.js";

const buffers = (bytes: number): string => `4096 ${Math.min(bytes, 16_384)} ${bytes}`;
const figure = ({ finding }: Explained, name: string): number =>
  Number(finding?.evidence.find((row) => row.name === name)?.value);

/** The rate of the last second or two lies near that of the whole watch; losses make it rise and fall. */
const agreeOnRate = (t: ExecutionContext, explained: Explained, spread: number): void => {
  const [said, seen] = [figure(explained, "rate"), rateInSs(explained, "bytes_acked")];
  t.true(said > seen / spread && said < seen * spread, `rate: ${said}, by ss ${seen}`);
};

const looksAtMost = 3;

/** A look of two seconds into which the machine took a program's CPU tells of that: then it is looked at again. */
const explainDownload = async (transfer: Transfer, outline: string): Promise<Explained> => {
  const { near, far, start, until } = transfer;
  const server = await start(near, { host: near.address, listen: true, send: {} });
  await start(far, { host: near.address });
  await until("the transfer is under way", ({ words }) => Number(words.bytes_acked) > 300_000);
  let explained = await explainLive(near, server);
  for (let look = 1; look < looksAtMost && outlineOf(explained) !== outline; look += 1)
    explained = await explainLive(near, server);
  return explained;
};

timedAsRootWithSs("explain: segments are lost", async (t) => {
  const transfer = await layTransfer(t, { path: { kind: "wire", delayMs: 10, loss: 0.02 } });
  const outline = "throughput-limited/packet-loss warning";
  const explained = await explainDownload(transfer, outline);
  t.is(outlineOf(explained), outline);
  t.is(explained.status, 1);
  t.regex(
    explained.finding!.summary,
    /^1 connection at port 3000 could not go faster: segments get lost on the path \(.*B\/s, \d+\.\d % of the segments lost, congestion window \d+\)\.$/,
  );
  t.true(agreeWithSs(t, explained).includes("congestion window"));
  const loss = figure(explained, "loss");
  t.true(loss > 0.5 && loss < 5, `loss ${loss} %`);
  agreeOnRate(t, explained, 1.6);
});

timedAsRootWithSs("explain: the peer's window is small", async (t) => {
  const transfer = await layTransfer(t, {
    path: { kind: "wire", delayMs: 20 },
    settings: { far: { "net.ipv4.tcp_rmem": buffers(65_536) } },
  });
  const outline = "throughput-limited/receive-window warning";
  const explained = await explainDownload(transfer, outline);
  t.is(outlineOf(explained), outline);
  t.regex(explained.finding!.summary, /could not go faster: the peer's receive window is too small for the round trip/);
  const compared = agreeWithSs(t, explained);
  for (const name of ["peer's window", "round-trip time", "written, not sent"]) t.true(compared.includes(name), name);
  agreeOnRate(t, explained, 1.25);
});

timedAsRootWithSs("explain: our send buffer is small", async (t) => {
  const transfer = await layTransfer(t, {
    path: { kind: "wire", delayMs: 20 },
    settings: { near: { "net.ipv4.tcp_wmem": buffers(65_536) } },
  });
  const outline = "throughput-limited/send-buffer warning";
  const explained = await explainDownload(transfer, outline);
  t.is(outlineOf(explained), outline);
  t.regex(explained.finding!.summary, /could not go faster: the send buffer is too small for the round trip/);
  const compared = agreeWithSs(t, explained);
  for (const name of ["send buffer", "of it used", "round-trip time", "congestion window"])
    t.true(compared.includes(name), name);
  agreeOnRate(t, explained, 1.25);
});
