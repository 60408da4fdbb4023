// explain() on sockets of this process: what is wrong with each, and what its next call would do.
import dgram from "node:dgram";
import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import tls from "node:tls";
import test from "ava";
import {
  explain,
  type CallAccount,
  type ConnectionAccount,
  type Explanation,
  type ListenerAccount,
  start,
} from "../../src/index.js";
import { fdOf, readListener, readQueues, type Target } from "../../src/kernel/index.js";
import { connectedPair, much } from "../lab/connected-pair.js";
import { eventually } from "../lab/eventually.js";
import { holdClients, listening, portOf, untilSync } from "./held-clients.js";

const name = ({ finding }: Explanation): string | undefined => finding && `${finding.symptom}/${finding.cause}`;
const callsOf = ({ account }: Explanation): readonly CallAccount[] => {
  if ("read" in account) return [account.read, account.write];
  throw new Error("a listener's account");
};
const outcomes = (explanation: Explanation): readonly string[] => callsOf(explanation).map(({ outcome }) => outcome);
const listenerOf = ({ account }: Explanation): ListenerAccount => account as ListenerAccount;
const asked = (target: Target, wanted: string): Promise<Explanation> =>
  eventually(
    wanted,
    () => {
      const explanation = explain(target);
      return name(explanation) === wanted && explanation;
    },
    8000,
  );

test.serial("an idle connection: nothing is wrong, a read would block, a write goes through in part", async (t) => {
  const [client, accepted] = await connectedPair(t);
  for (const end of [client, accepted, fdOf(client)!]) {
    const explanation = explain(end);
    t.is(explanation.finding, undefined);
    t.deepEqual(outcomes(explanation), ["would-block", "short"]);
    t.deepEqual(explanation.known, []);
  }
});

test.serial("a peer that does not read: the writing end is told so, the reading end that it is paused", async (t) => {
  const [client, accepted] = await connectedPair(t);
  accepted.pause();
  client.write(much);
  const writing = await asked(client, "write-stalled/peer-not-reading");
  const { recvQBytes } = readQueues(accepted)!;
  const { sendQBytes } = readQueues(client)!;
  t.like(writing.finding?.subject, { kind: "connection", fd: fdOf(client), peer: `127.0.0.1:${accepted.localPort}` });
  t.is(writing.finding?.evidence.find((row) => row.name === "written, not sent")?.value, sendQBytes);
  t.is(writing.finding?.evidence.find((row) => row.name === "held in Node")?.value, client.writableLength);
  const reading = await asked(accepted, "read-stalled/application-not-reading");
  t.like(reading.finding, { severity: "info", subject: { port: accepted.localPort, fd: fdOf(accepted) } });
  t.regex(reading.finding!.summary, /the stream is paused/);
  t.like(callsOf(reading)[0], { outcome: "short", bytes: recvQBytes });
  t.is(name(explain(fdOf(accepted)!)), "read-stalled/application-not-reading");
});

test.serial("what moved between two questions counts: a reader that reads is not stalled", async (t) => {
  const [client, accepted] = await connectedPair(t);
  accepted.pause();
  client.write(much);
  await asked(accepted, "read-stalled/application-not-reading");
  let left = much.length;
  accepted.on("data", (chunk: Buffer) => {
    left -= chunk.length;
  });
  accepted.resume();
  await eventually("all is read", () => left === 0);
  t.is(explain(accepted).finding, undefined);
  t.is(explain(client).finding, undefined);
});

test.serial(
  "a listener whose queue overflows while the loop stands: who waits, drops, and what the next SYN meets",
  async (t) => {
    const server = await listening(t, { port: 0, host: "127.0.0.1", backlog: 3 });
    const before = explain(server);
    t.is(before.finding, undefined);
    t.like(listenerOf(before), { accept: { outcome: "would-block" }, connect: { outcome: "admitted" } });
    holdClients(t, 12, "127.0.0.1", portOf(server));
    const queue = untilSync("full", () => {
      const read = readListener(server);
      return read !== undefined && (read.drops ?? 0) > 0 && read.length > read.limit && read;
    });
    const { finding, account } = explain(server);
    t.like(finding, { symptom: "accept-queue-overflow", cause: "unknown", severity: "warning" });
    t.deepEqual(finding?.subject.port, portOf(server));
    t.is(finding?.evidence.find((row) => row.name === "accept queue")?.value, queue.length);
    t.like(account, { accept: { outcome: "complete" }, connect: { outcome: "dropped" } });
  },
);

test.serial("a unix listener and its connections", async (t) => {
  const server = await listening(t, { path: `\0sockscope-explain-${process.pid}` });
  t.like(listenerOf(explain(server)), { accept: { outcome: "would-block" }, connect: { outcome: "admitted" } });
  const client = net.connect(`\0sockscope-explain-${process.pid}`);
  await once(client, "connect");
  t.teardown(() => void client.destroy());
  t.deepEqual(outcomes(explain(client)), ["would-block", "complete"]);
});

test.serial("TLS: the peer does not read, and what waits is seen above and below", async (t) => {
  const psk = Buffer.alloc(32, 7);
  const suite = { ciphers: "PSK-AES256-GCM-SHA384", maxVersion: "TLSv1.2" } as const;
  const server = tls.createServer({ ...suite, pskCallback: () => psk }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = tls.connect({
    ...suite,
    port: portOf(server),
    host: "127.0.0.1",
    checkServerIdentity: () => undefined,
    pskCallback: () => ({ psk, identity: "test" }),
  });
  const [accepted] = (await once(server, "secureConnection")) as [tls.TLSSocket];
  t.teardown(() => {
    client.destroy();
    accepted.destroy();
    server.close();
  });
  accepted.pause();
  client.write(much);
  const { finding } = await asked(client, "write-stalled/peer-not-reading");
  t.true(Number(finding?.evidence.find((row) => row.name === "held in Node")?.value) >= much.length);
  await asked(accepted, "read-stalled/application-not-reading");
});

test.serial("http: an unread request body is told by its socket", async (t) => {
  const server = http.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => server.close().closeAllConnections());
  const asking = http.request({ port: portOf(server), host: "127.0.0.1", method: "POST" }).on("error", () => undefined);
  asking.write(much);
  const [request] = (await once(server, "request")) as [http.IncomingMessage];
  await asked(request.socket, "read-stalled/application-not-reading");
  t.is(explain(server).finding, undefined);
});

test.serial("a datagram socket", async (t) => {
  const socket = dgram.createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  const explanation = explain(socket);
  t.is(explanation.finding, undefined);
  t.deepEqual(outcomes(explanation), ["would-block", "complete"]);
  const closed = once(socket, "close");
  socket.close();
  await closed;
  t.deepEqual(outcomes(explain(socket)), ["ends", "ends"]);
});

test.serial("what is closed, no socket, or no target", async (t) => {
  const [client, accepted] = await connectedPair(t);
  const fd = fdOf(client)!;
  const closed = once(accepted.resume(), "close");
  client.destroy();
  await closed;
  t.deepEqual(explain(client), {
    finding: undefined,
    account: {
      read: { outcome: "ends", why: "fails: it is closed or not open yet: it has no descriptor" },
      write: { outcome: "ends", why: "fails: it is closed or not open yet: it has no descriptor" },
    } satisfies ConnectionAccount,
    known: [],
  });
  t.is(callsOf(explain(1_000_000))[0]?.why, "fails: it is closed: there is no descriptor 1000000");
  t.regex(callsOf(explain(fd))[0]?.why ?? "", /descriptor/);
  for (const wrong of [-1, 1.5, "3000", null, undefined, {}])
    t.throws(() => explain(wrong as Target), { instanceOf: TypeError, message: /^target: .* not \S+$/ });
});

test.serial("a socket that has the descriptor of one asked about before has nothing of its past", async (t) => {
  const server = await listening(t, { port: 0, host: "127.0.0.1" });
  const [client, accepted] = await connectedPair(t);
  accepted.pause();
  client.write(much);
  await asked(client, "write-stalled/peer-not-reading");
  const fd = fdOf(client)!;
  const closed = once(client, "close");
  client.destroy();
  await closed;
  // The lowest free descriptor is given out next.
  const later = await eventually("the descriptor is another's", async () => {
    const heir = net.connect(portOf(server), "127.0.0.1");
    t.teardown(() => void heir.destroy());
    await once(heir, "connect");
    return fdOf(heir) === fd && heir;
  });
  const explanation = explain(fd);
  t.is(explanation.finding, undefined);
  t.deepEqual(outcomes(explanation), outcomes(explain(later)));
});

test.serial("with an agent, what it says of the socket is known", async (t) => {
  const agent = start({ log: "off", intervalMs: 200 });
  t.teardown(() => agent.stop());
  const [client, accepted] = await connectedPair(t);
  accepted.pause();
  client.write(much);
  const { finding, known } = await eventually(
    "known",
    () => {
      const explanation = explain(client);
      return explanation.known.length > 0 && explanation;
    },
    8000,
  );
  t.is(known[0]?.symptom, "write-stalled");
  t.is(finding?.cause, "peer-not-reading");
  await eventually(
    "known at the other end, too",
    () => explain(accepted).known.some(({ symptom }) => symptom === "read-stalled"),
    8000,
  );
});

test.serial("with redacted addresses, what is said of a peer is the same pseudonym everywhere", async (t) => {
  const agent = start({ log: "off", intervalMs: 200, redact: "ip" });
  t.teardown(() => agent.stop());
  const [client, accepted] = await connectedPair(t);
  accepted.pause();
  client.write(much);
  const { finding, known } = await eventually(
    "known",
    () => {
      const explanation = explain(client);
      return explanation.known.length > 0 && explanation;
    },
    8000,
  );
  t.regex(finding?.subject.peer ?? "", /^ip-[0-9a-f]{12}:\d+$/);
  t.is(finding?.subject.peer, known[0]?.subject.peer);
});
