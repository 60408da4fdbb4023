// The clients of the fleet: a few requests a second to each server, and a connection to each that stays open.
import { Agent, get } from "node:http";
import { text } from "node:stream/consumers";

const kept = new Agent({ keepAlive: true, maxSockets: 1, scheduling: "fifo" });

/** The answer, or `undefined` when none came. */
export const ask = (port, path, options = {}) =>
  new Promise((done) => {
    const request = get({ host: "127.0.0.1", port, path, agent: false, timeout: 15_000, ...options });
    request.on("response", (response) => {
      text(response).then(
        (body) => done({ status: response.statusCode, body }),
        () => done(undefined),
      );
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => done(undefined));
  });

/** Asks each server now and then. Returns what ends it. */
export const startClients = (ports) => {
  const timer = setInterval(() => {
    for (const port of ports) {
      void ask(port, "/");
      void ask(port, "/", { agent: kept });
    }
  }, 500);
  return () => {
    clearInterval(timer);
    kept.destroy();
  };
};

/** One request that holds the server's event loop, and others that arrive meanwhile, fifteen a second. */
export const breakServer = (port, blockedMs) => {
  void ask(port, `/rebuild?ms=${blockedMs}`);
  const end = performance.now() + blockedMs;
  const timer = setInterval(() => (performance.now() < end ? void ask(port, "/") : clearInterval(timer)), 66);
};
