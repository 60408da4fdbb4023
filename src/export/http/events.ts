// Server-sent events: the last frames, then each as it comes. Whoever does not read loses frames and is told how many;
// nothing waits for anybody.
import type { ServerResponse } from "node:http";
import { beginReply, replyAndClose } from "./reply.js";

export interface Events {
  /** Answers `response` with the stream. */
  join(response: ServerResponse): void;
  /** One frame, as JSON on one line. */
  frame(json: string): void;
  /** Between frames: a finding that has just been told. */
  finding(json: string): void;
  close(): void;
}

export interface EventLimits {
  readonly clients: number;
  readonly frames: number;
  /** Of the frames that are kept. */
  readonly historyBytes: number;
  /** So much may wait for a client before it loses frames. */
  readonly waitingBytes: number;
  /** Of all clients together: beyond it a new one is given less history. */
  readonly allWaitingBytes: number;
  readonly heartbeatMs: number;
}

export const eventLimits: EventLimits = {
  clients: 32,
  frames: 300,
  historyBytes: 2_000_000,
  waitingBytes: 512 * 1024,
  allWaitingBytes: 16_000_000,
  heartbeatMs: 15_000,
};

interface Client {
  readonly response: ServerResponse;
  lost: number;
}

/** Proxies are told not to collect it first. */
const streaming = { "X-Accel-Buffering": "no" };

/** The frame as this client is given it: with the number of those before it that it was not given. */
const withLost = (json: string, lost: number): string => (lost === 0 ? json : `{"lost":${lost},${json.slice(1)}`);

export const createEvents = (limits: EventLimits = eventLimits): Events => {
  const clients = new Set<Client>();
  let history: string[] = [];
  let historyBytes = 0;

  const keep = (json: string): void => {
    history.push(json);
    historyBytes += json.length;
    while (history.length > limits.frames || historyBytes > limits.historyBytes)
      historyBytes -= history.shift()!.length;
  };
  /** The last frames that fit into so many bytes. */
  const lastFrames = (bytes: number): string => {
    let from = history.length;
    for (let room = bytes; from > 0 && history[from - 1]!.length <= room; from -= 1) room -= history[from - 1]!.length;
    return `[${history.slice(from).join(",")}]`;
  };
  const isSlow = ({ response }: Client): boolean => response.writableLength > limits.waitingBytes;
  const send = (client: Client, event: string, data: string): void =>
    void client.response.write(`event: ${event}\ndata: ${data}\n\n`);
  const beat = (): void => {
    for (const client of clients) if (!isSlow(client)) client.response.write(":\n\n");
  };
  const heart = setInterval(beat, limits.heartbeatMs).unref();

  return {
    join(response) {
      const { req: request } = response;
      if (request.method === "HEAD") {
        beginReply(response, 200, "events", streaming);
        return void response.end();
      }
      if (clients.size >= limits.clients)
        return replyAndClose(request, response, 503, `${limits.clients} pages are open already`, {
          "Retry-After": "10",
        });
      const waiting = [...clients].reduce((all, client) => all + client.response.writableLength, 0);
      const client: Client = { response, lost: 0 };
      clients.add(client);
      response.on("close", () => clients.delete(client));
      beginReply(response, 200, "events", streaming);
      send(client, "history", lastFrames(Math.min(limits.historyBytes, limits.allWaitingBytes - waiting)));
    },
    frame(json) {
      keep(json);
      for (const client of clients) {
        if (isSlow(client)) {
          client.lost += 1;
          continue;
        }
        send(client, "frame", withLost(json, client.lost));
        client.lost = 0;
      }
    },
    finding(json) {
      for (const client of clients) if (!isSlow(client)) send(client, "finding", json);
    },
    close() {
      clearInterval(heart);
      for (const { response } of clients) response.end();
      history = [];
    },
  };
};
