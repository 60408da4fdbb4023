// Answers of netlink(7): the frames themselves, whole exchanges, and the rows of rtnetlink, netdev and ethtool.
import {
  parseChannels,
  parseCoalescing,
  parseDriverInfo,
  parseDriverStatistics,
  parseRing,
} from "../../../src/kernel/ethtool.js";
import { diagDump } from "../../../src/kernel/diag-dump.js";
import { diagListeners, diagUnixListeners } from "../../../src/kernel/diag-listeners.js";
import { diagWaiting } from "../../../src/kernel/diag-waiting.js";
import { resolveFamily } from "../../../src/kernel/genl.js";
import { dumpLinks, parseLink } from "../../../src/kernel/links.js";
import { parseNapi, parseNicQueue, parseQueueStatistics } from "../../../src/kernel/netdev-genl.js";
import { readFrames } from "../../../src/kernel/netlink.js";
import { encodeAttribute } from "../../../src/kernel/netlink-values.js";
import { parsePageBytes } from "../../../src/kernel/page-size.js";
import { dumpQdiscs, parseQdisc } from "../../../src/kernel/qdiscs.js";
import { joined, message, recorded, replay } from "../../kernel/recorded.js";
import { payloadsOf } from "../payloads.js";
import type { BytesTarget } from "../target.js";

const of = (name: string): Uint8Array => recorded(name, "netlink");
const target = (
  name: string,
  covers: string,
  seeds: readonly Uint8Array[],
  parse: BytesTarget["parse"],
  words: readonly string[] = [],
): BytesTarget => ({ kind: "bytes", name, covers: [covers], seeds, parse, words: ["row", ...words] });

/** A parser that is given a view of its own. */
const own =
  (parse: (view: DataView) => unknown): BytesTarget["parse"] =>
  (view, start, end) =>
    parse(new DataView(view.buffer, view.byteOffset + start, end - start));

const messages = (view: DataView, start: number, end: number): unknown => {
  const found: unknown[] = [];
  const frames = { untilDone: true, done: false, errno: 0, partial: false, interrupted: false };
  if (end - start < 16) return undefined;
  const datagram = new DataView(view.buffer, view.byteOffset + start, view.byteLength - start);
  const [sequence, port] = [datagram.getUint32(8, true), datagram.getUint32(12, true)];
  readFrames(datagram, end - start, sequence, port, frames, (_view, from, to) => {
    if (!(from >= 16 && from <= to && to <= end - start)) throw new RangeError(`a message from ${from} to ${to}`);
    found.push("row");
  });
  return found;
};

/** A whole exchange whose answer are these bytes: rows, or the reason why there are none. */
const asked =
  (ask: (link: ReturnType<typeof replay>) => unknown): BytesTarget["parse"] =>
  (view, start, end) =>
    ask(replay([new Uint8Array(view.buffer, view.byteOffset + start, end - start)]));

/** One mark a row: what rows tell is asked of their own parsers. */
const marks = (rows: Iterable<unknown>): unknown => Array.from(rows, () => "row");

const auxv = Uint8Array.from({ length: 48 }, (_, at) => (at === 0 ? 33 : at === 16 ? 6 : at === 25 ? 16 : 0));
const statistics = new Uint8Array(12 + 2 * 32 + 8 + 2 * 8);
statistics.set(Buffer.from("rx_drops"), 12);
statistics.set(Buffer.from("rx_bytes"), 44);
const family = message(16, 0, joined(Uint8Array.of(1, 2, 0, 0), encodeAttribute(1, Uint8Array.of(27, 0))));
const operstates = ["unknown", "notpresent", "down", "lowerlayerdown", "testing", "dormant", "up"];

export const netlinkTargets: readonly BytesTarget[] = [
  target(
    "netlink-frames",
    "src/kernel/netlink.ts readFrames",
    [recorded("listen-ipv4"), recorded("estab-port-3000"), of("links-veth"), of("napis-veth")],
    messages,
  ),
  target("link", "src/kernel/links.ts parseLink", payloadsOf(of("links-veth")), parseLink, operstates),
  target("qdisc", "src/kernel/qdiscs.ts parseQdisc", payloadsOf(of("qdiscs-veth")), parseQdisc, ["root", "ingress"]),
  target("napi", "src/kernel/netdev-genl.ts parseNapi", payloadsOf(of("napis-veth")), parseNapi),
  target("nic-queue", "src/kernel/netdev-genl.ts parseNicQueue", payloadsOf(of("queues-virtio")), parseNicQueue, [
    "rx",
    "tx",
  ]),
  target(
    "queue-statistics",
    "src/kernel/netdev-genl.ts parseQueueStatistics",
    payloadsOf(of("qstats-virtio")),
    parseQueueStatistics,
    ["rx", "tx"],
  ),
  target("driver-info", "src/kernel/ethtool.ts parseDriverInfo", [of("drvinfo-virtio")], own(parseDriverInfo)),
  target("ring", "src/kernel/ethtool.ts parseRing", [of("ringparam-virtio")], own(parseRing)),
  target("channels", "src/kernel/ethtool.ts parseChannels", [of("channels-virtio")], own(parseChannels)),
  target("coalescing", "src/kernel/ethtool.ts parseCoalescing", [of("coalesce-virtio")], own(parseCoalescing)),
  target(
    "driver-statistics",
    "src/kernel/ethtool.ts parseDriverStatistics",
    [statistics],
    own((view) => {
      const half = Math.min(12 + 2 * 32, view.byteLength);
      const names = new DataView(view.buffer, view.byteOffset, half);
      return parseDriverStatistics(names, new DataView(view.buffer, view.byteOffset + half, view.byteLength - half));
    }),
  ),
  target(
    "page-size",
    "src/kernel/page-size.ts parsePageBytes",
    [auxv],
    own((view) => parsePageBytes(new Uint8Array(view.buffer, view.byteOffset, view.byteLength))),
  ),
  target(
    "exchange-links",
    "src/kernel/links.ts dumpLinks",
    [of("links-veth")],
    asked((link) => marks(dumpLinks(link).rows)),
  ),
  target(
    "exchange-qdiscs",
    "src/kernel/qdiscs.ts dumpQdiscs",
    [of("qdiscs-veth")],
    asked((link) => marks(dumpQdiscs(link).rows)),
  ),
  target(
    "exchange-listeners",
    "src/kernel/diag-listeners.ts diagListeners",
    [recorded("listen-ipv4"), recorded("listen-ipv6")],
    asked((link) => marks(diagListeners(link).rows)),
  ),
  target(
    "exchange-unix-listeners",
    "src/kernel/diag-listeners.ts diagUnixListeners",
    [recorded("unix-listen")],
    asked((link) => marks(diagUnixListeners(link).rows)),
  ),
  target(
    "exchange-waiting",
    "src/kernel/diag-waiting.ts diagWaiting",
    [recorded("estab-port-3000")],
    asked((link) => marks(diagWaiting(link, [3000]).get(3000)!.connections)),
  ),
  target(
    "exchange-dump",
    "src/kernel/diag-dump.ts diagDump",
    [recorded("estab-port-3000")],
    asked((link) => {
      const dump = diagDump(link);
      const columns = [dump.column("rqueue"), dump.tcpInfoColumn("cwnd"), dump.memInfoColumn("drops")];
      return columns.map(marks);
    }),
  ),
  target(
    "exchange-family",
    "src/kernel/genl.ts resolveFamily",
    [family],
    asked((link) => {
      const found = resolveFamily(link, "netdev");
      return typeof found === "number" ? found : undefined;
    }),
  ),
];
