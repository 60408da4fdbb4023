// A load in a process of its own: so many connections, at once or at a rate, each behaving as told. It waits for
// "go", reports what became of the connections when asked, and ends by itself after 20 s whatever happens.
import http from "node:http";
import net from "node:net";
import { setTimeout as delay } from "node:timers/promises";

export interface ClientSpec {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly path?: string | undefined;
  /** `burst`: all at once. `rate`: so many a second. `loop`: each begins again when its connection has ended. */
  readonly pattern: "burst" | "rate" | "loop";
  readonly count: number;
  readonly perSecond?: number | undefined;
  /** How long new connections are opened (rate, loop). */
  readonly forMs?: number | undefined;
  /** Sent as soon as it is connected; without it the client is silent. */
  readonly say?: string | undefined;
  /** Give up after so long, whatever happened: FIN. */
  readonly patienceMs?: number | undefined;
  /** Close at once when connected (a health check). */
  readonly closeOnConnect?: boolean | undefined;
  /** http: the URL path to ask for, again and again. */
  readonly request?: string | undefined;
  readonly keepAlive?: boolean | undefined;
}

const tally: Record<string, number> = {};
const note = (what: string): void => {
  tally[what] = (tally[what] ?? 0) + 1;
};

const connection = (spec: ClientSpec): Promise<void> =>
  new Promise((resolve) => {
    note("opened");
    const { path, host = "127.0.0.1", port = 3000 } = spec;
    const socket = path === undefined ? net.connect({ host, port }) : net.connect({ path });
    const giveUp = spec.patienceMs === undefined ? undefined : setTimeout(() => socket.destroy(), spec.patienceMs);
    socket.on("connect", () => {
      note("connected");
      if (spec.say !== undefined) socket.write(spec.say);
      if (spec.closeOnConnect === true) socket.destroy();
    });
    socket.on("error", (error: NodeJS.ErrnoException) => note(error.code ?? "error"));
    socket.on("end", () => note("ended"));
    socket.on("data", () => note("answered"));
    socket.on("close", () => {
      clearTimeout(giveUp);
      resolve();
    });
  });

const agent = new http.Agent({ keepAlive: true });
const request = (spec: ClientSpec): Promise<void> =>
  new Promise((resolve) => {
    note("opened");
    const { host = "127.0.0.1", port = 3000 } = spec;
    const asked = http.get(
      { host, port, path: spec.request, agent: spec.keepAlive === true ? agent : false },
      (response) => {
        note(String(response.statusCode));
        response.resume();
        response.on("close", resolve);
      },
    );
    asked.on("error", (error: NodeJS.ErrnoException) => {
      note(error.code ?? "error");
      resolve();
    });
  });

const one = (spec: ClientSpec): Promise<void> => (spec.request === undefined ? connection(spec) : request(spec));

const patterns: Readonly<Record<ClientSpec["pattern"], (spec: ClientSpec) => Promise<void>>> = {
  burst: async (spec) => {
    await Promise.all(Array.from({ length: spec.count }, () => one(spec)));
  },
  rate: async (spec) => {
    const { count, perSecond = 100 } = spec;
    const begun = performance.now();
    for (let n = 0; n < count; n += 1) {
      void one(spec);
      const due = begun + ((n + 1) * 1000) / perSecond;
      if (due > performance.now() + 1) await delay(due - performance.now());
    }
  },
  loop: async (spec) => {
    const end = performance.now() + (spec.forMs ?? 2000);
    const client = async (): Promise<void> => {
      while (performance.now() < end) await one(spec);
    };
    await Promise.all(Array.from({ length: spec.count }, client));
  },
};

const main = (): void => {
  const spec: ClientSpec = JSON.parse(process.argv[2] ?? "null");
  setTimeout(() => process.exit(3), 20_000);
  process.on("message", ({ kind }: { kind: string }) => {
    if (kind === "tally") process.send?.({ kind: "tally", ...tally });
    if (kind === "go") {
      process.send?.({ kind: "gone", at: Date.now() });
      void patterns[spec.pattern](spec).then(() => process.send?.({ kind: "finished", at: Date.now(), ...tally }));
      if (spec.pattern === "burst") setImmediate(() => process.send?.({ kind: "opened", at: Date.now() }));
    }
  });
  process.send?.({ kind: "ready" });
};

main();
