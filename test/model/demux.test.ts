import test from "ava";
import { answerOfListener, createDemux, type Endpoint, type Packet } from "../../src/model/demux.js";

const server: Endpoint = { address: "10.0.0.1", port: 80 };
const client = (port: number): Endpoint => ({ address: "10.0.0.2", port });
const from = (source: Endpoint, more: Partial<Packet> = {}): Packet => ({
  source,
  destination: server,
  ack: true,
  ...more,
});
const syn = (source: Endpoint, more: Partial<Packet> = {}): Packet => from(source, { syn: true, ack: false, ...more });

test("packets of two connections to one port reach their own sockets", (t) => {
  const demux = createDemux<string>("tcp", 1);
  demux.connect("connection", server, client(5001), "first");
  demux.connect("connection", server, client(5002), "second");
  t.deepEqual(demux.find(from(client(5001))), { kind: "connection", socket: "first" });
  t.deepEqual(demux.find(from(client(5002))), { kind: "connection", socket: "second" });
});

test("a SYN reaches the listener although the port has connections", (t) => {
  const demux = createDemux<string>("tcp", 1);
  demux.listen(server, "listener");
  demux.connect("connection", server, client(5001), "first");
  t.deepEqual(demux.find(syn(client(5002))), { kind: "listener", socket: "listener" });
});

test("the ACK that ends a handshake reaches the request, and what follows the connection that took its place", (t) => {
  const demux = createDemux<string>("tcp", 1);
  demux.listen(server, "listener");
  const removeRequest = demux.connect("request", server, client(5001), "request");
  t.deepEqual(demux.find(from(client(5001))), { kind: "request", socket: "request" });
  demux.connect("connection", server, client(5001), "connection");
  removeRequest();
  t.deepEqual(demux.find(from(client(5001))), { kind: "connection", socket: "connection" });
});

test("the same two ends the other way round are another connection", (t) => {
  const demux = createDemux<string>("tcp", 1);
  const [here, there]: Endpoint[] = [
    { address: "127.0.0.1", port: 80 },
    { address: "127.0.0.1", port: 5001 },
  ];
  demux.connect("connection", here!, there!, "accepted");
  demux.connect("connection", there!, here!, "connected");
  t.deepEqual(demux.find(from(there!, { destination: here! })), { kind: "connection", socket: "accepted" });
  t.deepEqual(demux.find(from(here!, { destination: there! })), { kind: "connection", socket: "connected" });
});

test("a listener on the address goes before one on any address, and that of IPv4 before that of IPv6", (t) => {
  const demux = createDemux<string>("tcp", 1);
  const find = () => demux.find(syn(client(5001)));
  demux.listen({ address: "::", port: 80 }, "any");
  t.deepEqual(find(), { kind: "listener", socket: "any" });
  demux.listen({ address: "0.0.0.0", port: 80 }, "any IPv4");
  t.deepEqual(find(), { kind: "listener", socket: "any IPv4" });
  const close = demux.listen(server, "exact");
  t.deepEqual(find(), { kind: "listener", socket: "exact" });
  close();
  t.deepEqual(find(), { kind: "listener", socket: "any IPv4" });
});

test("a listener of IPv4 hears nothing of IPv6", (t) => {
  const demux = createDemux<string>("tcp", 1);
  demux.listen({ address: "0.0.0.0", port: 80 }, "any IPv4");
  const packet = syn({ address: "fd00::2", port: 5001 }, { destination: { address: "fd00::1", port: 80 } });
  t.deepEqual(demux.find(packet), { kind: "nobody", answer: "rst" });
});

test("a group shares its clients evenly, and a client's segments all reach the same member", (t) => {
  const demux = createDemux<number>("tcp", 7);
  for (const member of [0, 1, 2, 3]) demux.listen(server, member);
  const counts = [0, 0, 0, 0];
  for (let port = 10_000; port < 14_000; port += 1) {
    const found = demux.find(syn(client(port)));
    t.deepEqual(demux.find(from(client(port))), found);
    if (found.kind === "listener") counts[found.socket]! += 1;
  }
  for (const count of counts) t.true(count > 900 && count < 1100, `${counts.join(", ")} of 4000`);
});

test("another secret shares a group's clients otherwise", (t) => {
  const chosen = (secret: number) => {
    const demux = createDemux<number>("tcp", secret);
    for (const member of [0, 1]) demux.listen(server, member);
    return Array.from({ length: 50 }, (_, index) => demux.find(syn(client(5000 + index))));
  };
  t.notDeepEqual(chosen(1), chosen(2));
});

for (const [title, protocol, packet, answer] of [
  ["a SYN to a port where nobody listens is answered by a reset", "tcp", syn(client(5001)), "rst"],
  ["a stray segment is answered by a reset", "tcp", from(client(5001)), "rst"],
  ["a stray reset is answered by nothing", "tcp", from(client(5001), { rst: true }), "none"],
  ["a datagram to a port that nobody has is answered by ICMP", "udp", from(client(5001)), "port-unreachable"],
] as const)
  test(title, (t) => t.deepEqual(createDemux<string>(protocol, 1).find(packet), { kind: "nobody", answer }));

for (const [title, packet, answer] of [
  ["a listener answers an ACK that belongs to no request by a reset", from(client(5001)), "rst"],
  ["a listener is silent about data without ACK", from(client(5001), { ack: false }), "none"],
  ["a listener is silent about a reset", from(client(5001), { rst: true }), "none"],
] as const)
  test(title, (t) => t.is(answerOfListener(packet), answer));

test("a closed connection's late segment reaches the listener", (t) => {
  const demux = createDemux<string>("tcp", 1);
  demux.listen(server, "listener");
  const close = demux.connect("connection", server, client(5001), "first");
  close();
  t.deepEqual(demux.find(from(client(5001))), { kind: "listener", socket: "listener" });
});
