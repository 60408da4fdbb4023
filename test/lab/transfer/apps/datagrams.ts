// Takes datagrams, or sends them: an ordinary dgram program.
import dgram from "node:dgram";
import { holdFor } from "../../spin.js";
import { obey, type Order, say, specification } from "./steer.js";

export interface DatagramSpec {
  readonly host: string;
  readonly port?: number | undefined;
  /** Takes them; otherwise it sends. */
  readonly takes?: boolean | undefined;
  /** SO_RCVBUF of the taker. */
  readonly bufferBytes?: number | undefined;
  /** Answers each. */
  readonly echoes?: boolean | undefined;
  /** Of one datagram; 1000. */
  readonly bytes?: number | undefined;
  /** So many at once, so often. */
  readonly burst?: number | undefined;
  readonly everyMs?: number | undefined;
}

const {
  host,
  port = 3000,
  takes,
  bufferBytes,
  echoes,
  bytes = 1000,
  burst = 1,
  everyMs = 10,
} = specification() as DatagramSpec;
const totals = { sent: 0, taken: 0 };
const socket = dgram.createSocket("udp4");

/** As a native module that forgets its socket: the handle no longer asks epoll for it. */
const forget = (): void => {
  const symbol = Object.getOwnPropertySymbols(socket).find(({ description }) => description === "state symbol");
  const state: unknown = symbol && Reflect.get(socket, symbol);
  (state as { handle: { recvStop(): void } }).handle.recvStop();
};

const send = (): void => {
  const datagram = Buffer.alloc(bytes, "d");
  setInterval(() => {
    for (let n = 0; n < burst; n += 1) socket.send(datagram, port, host);
    totals.sent += burst;
  }, everyMs);
};

socket.on("message", (message, from) => {
  totals.taken += 1;
  if (echoes) socket.send(message, from.port, from.address);
});
socket.on("error", () => {});
const orders = {
  send,
  forget,
  /** Once, or again and again. */
  block: ({ ms, everyMs: again }: Order) => {
    holdFor(Number(ms));
    if (typeof again === "number") setInterval(() => holdFor(Number(ms)), again);
  },
  tally: () => say({ kind: "tally", ...totals }),
};
if (takes)
  socket.bind(port, host, () => {
    if (bufferBytes !== undefined) socket.setRecvBufferSize(bufferBytes);
    obey(orders);
  });
else obey(orders);
