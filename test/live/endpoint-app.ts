// An application whose endpoint is open, and those who ask it.
import { type ChildProcess, fork } from "node:child_process";
import { readdirSync } from "node:fs";
import http from "node:http";
import net from "node:net";
import { join } from "node:path";
import type { StartOptions } from "../../src/index.js";
import { eventually } from "../lab/eventually.js";
import { packageRoot } from "../package-root.js";

export interface App {
  readonly child: ChildProcess;
  /** Where the application listens. */
  readonly port: number;
  /** Where the endpoint says it is; of a TCP address its port. */
  readonly http: string;
  readonly endpointPort: number;
  /** All that it sent, in order. */
  readonly said: readonly Said[];
  readonly fds: () => number;
}

export interface Said {
  readonly status?: { readonly state: string; readonly reason?: string; readonly http?: string };
  readonly port?: number;
  readonly blocked?: boolean;
}

const program = join(packageRoot, "build-test/test/live/endpoint-server.child.js");

/** Forks it; it ends with the test. `served`: wait until the endpoint says where it is. */
export const openApp = async (
  t: { readonly teardown: (end: () => void) => void },
  options: StartOptions = { http: 0 },
  served = true,
  env: NodeJS.ProcessEnv = {},
): Promise<App> => {
  const child = fork(program, [JSON.stringify(options)], {
    execArgv: [],
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const said: Said[] = [];
  child.on("message", (message: Said) => said.push(message));
  t.teardown(() => void child.kill("SIGKILL"));
  const port = await eventually("the application listens", () => said.find((one) => one.port)?.port, 10_000);
  const address = served
    ? await eventually("the endpoint is open", () => said.find(({ status }) => status?.http)?.status?.http, 10_000)
    : "";
  const endpointPort = Number(/:(\d+)\/$/.exec(address)?.[1] ?? 0);
  return { child, port, http: address, endpointPort, said, fds: () => readdirSync(`/proc/${child.pid}/fd`).length };
};

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

/** One request on a connection of its own; rejects when the connection is closed without an answer. */
export const ask = (options: http.RequestOptions, body?: string | Buffer): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const request = http.request({ host: "127.0.0.1", agent: false, ...options }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    request.on("error", reject);
    request.end(body);
  });

/** Sends these bytes as they are; what came back when the other side closed, or when it was given up. */
export const sayRaw = (port: number, text: string | Buffer, givenUpMs = 10_000): Promise<string> =>
  new Promise((resolve) => {
    let heard = "";
    const socket = net.connect(port, "127.0.0.1", () => socket.write(text));
    const end = (): void => {
      clearTimeout(limit);
      socket.destroy();
      resolve(heard);
    };
    const limit = setTimeout(() => {
      heard += "(still open)";
      end();
    }, givenUpMs);
    socket.on("data", (chunk) => (heard += chunk.toString("latin1")));
    socket.on("error", end);
    socket.on("close", end);
  });
