// Every field that `ss -tinmoeO` prints and we have, on live sockets: read by descriptor and by sock_diag, in both families,
// plain and under TLS, and over a wire that lost, reordered and was cut.
import { once } from "node:events";
import net from "node:net";
import tls from "node:tls";
import type { ExecutionContext } from "ava";
import { dumpSockets, type InetDiagSocket, openDiag, readSockets } from "../../src/kernel/index.js";
import { eventually } from "../lab/eventually.js";
import { layPath } from "../lab/transfer/path.js";
import { launch } from "../lab/child.js";
import { compiled } from "../lab/root.js";
import { asRootWithSs, withSs } from "./needs.js";
import { diagWords, infoWords, ss, type SsSocket } from "../lab/ss.js";

type Words = Readonly<Record<string, string>>;

/** Told by ss from other figures, or of what we do not read. */
const notOurs = ["send", "cgroup", "<->", "bbr", "tcp-ulp-tls"] as const;
/** Of the row, not of tcp_info and SO_MEMINFO: a descriptor does not tell them. */
const ofRow = ["timer", "uid", "ino", "sk", "congestion"] as const;
/** Clocks: milliseconds that go on, so they lie between those before and after. */
const clocks = ["lastsnd", "lastrcv", "lastack", "busy", "rwnd_limited", "sndbuf_limited", "timer"] as const;

const without = (words: Words, names: readonly string[]): Words =>
  Object.fromEntries(Object.entries(words).filter(([name]) => !names.includes(name)));

const number = (word: string | undefined): number => Number(/^\d+/.exec(word ?? "0")?.[0] ?? 0);

/** The time in ss's timer, in ms. */
const timerMs = (word: string): number => {
  const [, minutes = 0, seconds = 0, ms = 0] = /\(\w+,(?:(\d+)min)?(?:(\d+)(?:sec|\.))?(?:(\d+)ms)?,/.exec(word) ?? [];
  return Number(minutes) * 60_000 + Number(seconds) * 1000 + Number(ms);
};

interface Agreement {
  readonly before: SsSocket;
  readonly after: SsSocket;
  readonly ours: Words;
  /** Words that this way of reading cannot have. */
  readonly lacks?: readonly string[];
}

/** Everything but clocks is equal; a clock lies between. */
const agree = (t: ExecutionContext, name: string, { before, after, ours, lacks = [] }: Agreement): void => {
  const skip = [...notOurs, ...clocks, ...lacks];
  t.deepEqual(without(ours, skip), without(before.words, skip), name);
  for (const clock of clocks) {
    if (lacks.includes(clock)) continue;
    const [from, until, our] = [before.words[clock], after.words[clock], ours[clock]];
    if (clock === "timer") {
      t.is(our?.replace(/,.*,/, ","), before.words[clock]?.replace(/,.*,/, ","), `${name} timer`);
      if (our && from && until)
        t.true(timerMs(our) <= timerMs(from) && timerMs(our) >= timerMs(until), `${name} ${from} ${our} ${until}`);
    } else
      t.true(number(our) >= number(from) && number(our) <= number(until), `${name} ${clock}: ${from} ${our} ${until}`);
  }
};

const still = ({ words, state, recvQ, sendQ }: SsSocket): string =>
  JSON.stringify([state, recvQ, sendQ, without(words, [...notOurs, ...clocks]), words.timer?.replace(/,.*,/, ",")]);

/** ss, our reading, ss; again until nothing but clocks moved in between. */
const readBetween = async <Reading>(
  sees: () => readonly SsSocket[],
  read: () => Reading,
): Promise<{ readonly before: readonly SsSocket[]; readonly reading: Reading; readonly after: readonly SsSocket[] }> =>
  await eventually(
    "two looks of ss between which nothing moves",
    () => {
      const before = sees();
      const reading = read();
      const after = sees();
      return before.length > 0 && before.map(still).join("\n") === after.map(still).join("\n")
        ? { before, reading, after }
        : undefined;
    },
    10_000,
  );

const bySk = (rows: readonly SsSocket[], cookie: bigint | undefined): SsSocket =>
  rows.find(({ words }) => words.sk === cookie?.toString(16))!;

const placeOf = (address: string, port: number): string =>
  `${address.includes(":") ? `[${address}]` : address}:${port}`;

const agreeAsDiag = (
  t: ExecutionContext,
  { before, after }: { readonly before: readonly SsSocket[]; readonly after: readonly SsSocket[] },
  sockets: readonly InetDiagSocket[],
): void => {
  t.is(sockets.length, before.length);
  for (const socket of sockets) {
    const [was, is] = [bySk(before, socket.cookie), bySk(after, socket.cookie)];
    const name = `${was.local} ${was.peer}`;
    agree(t, `sock_diag ${name}`, { before: was, after: is, ours: diagWords(socket) });
    const { state, rqueue, wqueue, localAddress, localPort, remoteAddress, remotePort } = socket;
    t.deepEqual(
      [state, rqueue, wqueue, placeOf(localAddress, localPort), placeOf(remoteAddress, remotePort)],
      [was.state, was.recvQ, was.sendQ, was.local, was.peer],
      name,
    );
  }
};

const psk = Buffer.alloc(32, 7);
const suite = { ciphers: "PSK-AES256-GCM-SHA384", maxVersion: "TLSv1.2" } as const;
const kinds = {
  plain: {
    serve: (open: (socket: net.Socket) => void): net.Server => net.createServer(open),
    connect: (port: number, host: string): net.Socket => net.connect({ port, host, noDelay: true }),
    ready: "connect",
  },
  TLS: {
    serve: (open: (socket: net.Socket) => void): net.Server =>
      tls.createServer({ ...suite, pskCallback: () => psk }, open),
    connect: (port: number, host: string): net.Socket =>
      tls.connect({
        ...suite,
        port,
        host,
        pskCallback: () => ({ psk, identity: "test" }),
        checkServerIdentity: () => undefined,
      }),
    ready: "secureConnect",
  },
} as const;

/** What is done with a connection before it is left alone: so many bytes each way, and whether the client reads. */
const uses = [
  { name: "spoken in both directions", reply: 300, reads: true },
  { name: "with more to read than the reader takes", reply: 20_000_000, reads: false },
] as const;

for (const [family, host] of [
  ["ipv4", "127.0.0.1"],
  ["ipv6", "::1"],
] as const)
  for (const kind of ["plain", "TLS"] as const)
    for (const { name, reply, reads } of uses)
      withSs(`readings agree with ss in every field: ${family}, ${kind}, ${name}`, async (t) => {
        const { serve, connect, ready } = kinds[kind];
        const server = serve((socket) => {
          socket.on("error", () => {});
          socket.once("data", () => socket.write(Buffer.alloc(reply, "r")));
        }).listen(0, host);
        await once(server, "listening");
        const { port } = server.address() as net.AddressInfo;
        const accepting = once(server, kind === "TLS" ? "secureConnection" : "connection");
        const client = connect(port, host);
        client.on("error", () => {});
        await once(client, ready);
        const [accepted] = (await accepting) as [net.Socket];
        t.teardown(() => {
          for (const socket of [client, accepted]) socket.destroy();
          server.close();
        });
        client.write("hello");
        if (reads) await once(client, "data");
        const wanted = `( sport = :${port} or dport = :${port} )`;
        const isShut = ({ words }: SsSocket): boolean =>
          number(words.notsent) > 0 && words.timer?.startsWith("(persist") === true;
        if (!reads) await eventually("the window is shut and probed", () => ss(wanted).some(isShut), 10_000);
        const targets = [client, accepted];
        const look = await readBetween(
          () => ss(wanted),
          () => ({
            own: readSockets(targets),
            diag: dumpSockets({
              anyPorts: { local: [port], remote: [port] },
              states: ["ESTAB"],
              attributes: ["info", "memInfo", "congestion"],
            })!,
          }),
        );
        t.is(look.before.length, 2);
        agreeAsDiag(t, look, [...look.reading.diag]);
        for (const row of look.reading.own) {
          const [was, is] = [bySk(look.before, row.cookie), bySk(look.after, row.cookie)];
          const ours = infoWords(row.tcpInfo!, row.memInfo!);
          agree(t, `by descriptor ${was.local}`, { before: was, after: is, ours, lacks: ofRow });
          t.deepEqual([row.state, row.recvQBytes, row.sendQBytes], [was.state, was.recvQ, was.sendQ]);
        }
      });

asRootWithSs("readings of another namespace agree with ss over a wire that lost, reordered and was cut", async (t) => {
  const defer = (undo: () => void | Promise<void>): void => t.teardown(undo);
  const path = { kind: "wire", delayMs: 10, loss: 0.03, reorder: 0.05, reorderMs: 8 } as const;
  const { near, far, wire } = await layPath(defer, { path });
  const start = async (host: typeof near, spec: object): Promise<number> => {
    const program = launch(defer, host.ns, {
      argv: [process.execPath, compiled("transfer/apps/end.js"), JSON.stringify(spec)],
    });
    await program.hear("ready");
    return program.pid;
  };
  await start(far, { host: far.address, listen: true, send: {} });
  const pid = await start(near, { host: far.address, send: {} });
  const diag = openDiag({ pid })!;
  t.teardown(() => diag.close());
  const sees = (): readonly SsSocket[] => ss("dport = :3000", near.ns.run);
  await eventually(
    "segments are lost and overtaken in both directions",
    () => sees().some(({ words }) => words.rcv_ooopack && words.reord_seen && /\/\d\d/.test(words.retrans ?? "")),
    15_000,
  );
  await wire.set({ dead: true });
  await eventually("a timeout's backoff", () => sees().some(({ words }) => number(words.backoff) >= 3), 15_000);
  const look = await readBetween(sees, () => [
    ...diag.dump({ states: ["ESTAB"], attributes: ["info", "memInfo", "congestion"] }),
  ]);
  agreeAsDiag(t, look, look.reading);
  const [{ words }] = look.before as [SsSocket];
  for (const name of [
    "backoff",
    "lost",
    "retrans",
    "unacked",
    "notsent",
    "ssthresh",
    "rcv_ooopack",
    "reord_seen",
    "bytes_retrans",
    "timer",
  ])
    t.truthy(words[name], `${name} was there to be compared`);
});
