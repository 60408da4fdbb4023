// The endpoint of an agent in another process (SOCKSCOPE_HTTP): where it is, from the target's environment or its
// sockscope.config.json, and what it answers. Whether with a token: endpoint-token.ts.
import { readFileSync, readlinkSync } from "node:fs";
import { request } from "node:http";
import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import { join, resolve } from "node:path";
import { type ConfigFile, readConfigFile } from "../../agent/options/config-file.js";
import { type HttpAddress, httpAddress } from "../../agent/options/http-address.js";
import { errorCode } from "../../errors.js";
import { nameOf } from "../../export/http/place.js";
import { sharesNetns } from "../../kernel/proc-root.js";

export interface Endpoint {
  readonly pid: number;
  readonly address: HttpAddress;
  /** `127.0.0.1:9600`, or the unix path. */
  readonly name: string;
}

/** What it said, or why it said nothing. */
export type Answer = { readonly body: string } | { readonly reason: string };

export interface Question {
  /** `/findings`. */
  readonly path: string;
  readonly token?: string | undefined;
  /** Why there is none, where there could be. */
  readonly withheld?: string | undefined;
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A record is some megabytes. */
const mostBytes = 64 * 1024 * 1024;
const usualTimeoutMs = 2000;

/** `undefined`: that process has none, or its environment may not be read. An agent started with `start({ http })` shows neither. */
export const endpointOf = (pid: number): Endpoint | undefined => {
  const given = environmentOf(pid).get("SOCKSCOPE_HTTP") || httpOf(configOf(pid));
  const parsed = given === undefined ? undefined : httpAddress.parse(given);
  if (parsed === undefined || parsed === "off") return undefined;
  const address = reachable(pid, parsed);
  return { pid, address, name: nameOf(address).replace(/^\/proc\/\d+\/(root|cwd\/)/, "") };
};

/** Never rejects. */
export const askEndpoint = async (endpoint: Endpoint, question: Question): Promise<Answer> => {
  const problem = unreachable(endpoint);
  if (problem !== undefined) return { reason: problem };
  const { token, path, timeoutMs = usualTimeoutMs, signal } = question;
  const { address } = endpoint;
  const place = "path" in address ? { socketPath: address.path } : { host: address.host, port: address.port };
  return new Promise((done) => {
    const timeout = AbortSignal.timeout(timeoutMs);
    const fail = (error: unknown): void =>
      done({ reason: timeout.aborted ? `no answer within ${timeoutMs / 1000} s` : errorCode(error) });
    const asked = request(
      {
        ...place,
        path,
        agent: false,
        headers: { host: "localhost", ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
        signal: signal ? AbortSignal.any([timeout, signal]) : timeout,
      },
      (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on("data", (chunk: Buffer) => {
          chunks.push(chunk);
          bytes += chunk.length;
          if (bytes > mostBytes) response.destroy(new Error(`its answer is larger than ${mostBytes} bytes`));
        });
        response.on("error", fail);
        response.on("end", () => {
          const { statusCode } = response;
          done(
            statusCode === 200 ? { body: Buffer.concat(chunks).toString() } : { reason: refusal(statusCode, question) },
          );
        });
      },
    );
    asked.on("error", fail);
    asked.end();
  });
};

const refusal = (status: number | undefined, { token, withheld }: Question): string => {
  if (status !== 401 && status !== 403) return `it answers with status ${status}`;
  if (withheld !== undefined) return `it wants a token, and ${withheld}`;
  return token === undefined
    ? "it wants a token: set SOCKSCOPE_HTTP_TOKEN to the target's"
    : "it does not accept the token in SOCKSCOPE_HTTP_TOKEN";
};

const environmentOf = (pid: number): ReadonlyMap<string, string> => {
  const text = readQuietly(`/proc/${pid}/environ`) ?? "";
  return new Map(
    text.split("\0").flatMap((pair) => {
      const at = pair.indexOf("=");
      return at > 0 ? [[pair.slice(0, at), pair.slice(at + 1)] as const] : [];
    }),
  );
};

/** Its main script is the first argument that is no option of node's and a file beside which a configuration may lie. */
const configOf = (pid: number): ConfigFile | undefined => {
  const [, ...words] = (readQuietly(`/proc/${pid}/cmdline`) ?? "").split("\0");
  try {
    const cwd = readlinkSync(`/proc/${pid}/cwd`);
    const scripts = words.filter((word) => word !== "" && !word.startsWith("-")).map((word) => resolve(cwd, word));
    for (const script of scripts.length > 0 ? scripts : [join(cwd, "main.js")]) {
      const file = readConfigFile(script);
      if (file?.text !== undefined) return file;
    }
  } catch {
    // Another user's process.
  }
  return undefined;
};

const httpOf = (file: ConfigFile | undefined): unknown => {
  try {
    const value: unknown = JSON.parse(file?.text ?? "{}");
    return typeof value === "object" && value !== null ? Reflect.get(value, "http") : undefined;
  } catch {
    return undefined;
  }
};

const readQuietly = (path: string): string | undefined => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
};

/** As it is reached from here: a wildcard by loopback, a path through the target's own view of the file system. */
const reachable = (pid: number, address: HttpAddress): HttpAddress => {
  if ("path" in address) {
    const path = address.path.startsWith("/") ? `/proc/${pid}/root${address.path}` : `/proc/${pid}/cwd/${address.path}`;
    return { path };
  }
  const { host, port } = address;
  return { host: host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host, port };
};

/** A server listens on addresses of its own machine: a token must go nowhere else, whatever the target's environment says. */
const unreachable = ({ pid, address }: Endpoint): string | undefined => {
  if ("path" in address) return undefined;
  if (address.port === 0) return "its port was chosen by the kernel (SOCKSCOPE_HTTP names port 0)";
  if (sharesNetns({ pid }) === false) return "it is in another network namespace";
  return isOwnAddress(address.host) ? undefined : `${address.host} is no address of this machine`;
};

const isOwnAddress = (host: string): boolean => {
  if (isIP(host) === 0) return host === "localhost";
  if (host.startsWith("127.") || host === "::1") return true;
  try {
    return Object.values(networkInterfaces()).some((links) => links?.some(({ address }) => address === host));
  } catch {
    // getifaddrs(3) asks netlink, which may be refused.
    return false;
  }
};
