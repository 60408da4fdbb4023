// `top --web`: the live page, served by this process from what it sees from outside, with the endpoint of the agent.
import { createExplaining } from "../../agent/shown/explaining.js";
import { type HttpAddress, httpAddress, isLocalAddress } from "../../agent/options/http-address.js";
import type { Finding } from "../../explain/finding.js";
import { type Endpoint, openEndpoint } from "../../export/http/endpoint.js";
import { createPage } from "../../export/http/page.js";
import type { Sources } from "../../export/http/routes.js";
import { jsonOf } from "../../export/json.js";
import { createMetrics } from "../../export/metrics/metrics.js";
import { metricsText } from "../../export/metrics/text.js";
import { version } from "../../export/version.js";
import { type Io, UsageError } from "../command.js";
import { redactorHere } from "../redaction.js";
import type { FrameSource } from "./source.js";
import { watch } from "./watch.js";

export interface Served {
  readonly at: HttpAddress;
  readonly token: string | undefined;
}

/** `text`: what follows `--web`; nothing: loopback, on a port that the kernel chooses. Throws `UsageError`. */
export const servedAt = (text: string): Served => {
  const at = httpAddress.parse(text === "" ? "127.0.0.1:0" : text);
  if (at === undefined || at === "off")
    throw new UsageError(`--web: "${text}" is not accepted; host:port, [ipv6]:port, a port or a unix path is`);
  const token = process.env.SOCKSCOPE_HTTP_TOKEN || undefined;
  if (token === undefined && !isLocalAddress(at))
    throw new UsageError(`--web ${text}: an address that others reach takes a token in SOCKSCOPE_HTTP_TOKEN`);
  return { at, token };
};

interface Opened {
  readonly endpoint: Endpoint;
  readonly url: string;
}

/** Rejects with `UsageError` where nothing can be served. */
const open = ({ at, token }: Served, told: Pick<Sources, "findings" | "explain" | "metrics">): Promise<Opened> => {
  const page = createPage();
  const health = { name: "sockscope", version: version(), pid: process.pid };
  return new Promise((resolve, reject) => {
    const endpoint = openEndpoint({
      at,
      token,
      sources: { ...told, page, health: () => health },
      // Sockets of this process are left out of every frame.
      opened: () => {},
      listening: (url) => resolve({ url, endpoint }),
      // It may be told before there is an endpoint to close.
      failed: (reason) =>
        void setImmediate(() => {
          endpoint.close();
          reject(new UsageError(`--web: nothing can be served there: ${reason}`));
        }),
    });
  });
};

/** Prints the address and serves until it is interrupted. */
export const runWeb = async (io: Io, source: FrameSource, what: string, served: Served): Promise<number> => {
  const explaining = createExplaining(redactorHere());
  const metrics = createMetrics({ version: version(), nodeVersion: process.version });
  let findings: readonly Finding[] = [];
  const { endpoint, url } = await open(served, {
    findings: () => findings,
    explain: (query) => explaining.explain(query, findings),
    metrics: () => metricsText(metrics.collect()),
  });
  io.atExit(() => endpoint.close());
  io.print(url);
  const asks = served.token === undefined ? "" : "; it asks for the token in SOCKSCOPE_HTTP_TOKEN";
  io.tell(`watching ${what}; open that page in a browser${asks}; Ctrl-C ends it`);
  await watch(source, io.interrupted, {
    frame: (frame) => {
      const known = new Set(findings);
      findings = frame.findings;
      if (source.snapshot) {
        explaining.snapshot(source.snapshot);
        metrics.interval(source.snapshot);
      }
      for (const finding of findings.filter((one) => !known.has(one))) {
        metrics.finding(finding);
        endpoint.finding(jsonOf(finding));
      }
      endpoint.frame(jsonOf(frame));
    },
    gone: () => {
      io.tell("sockscope top: the process has ended; the page shows the last of it");
      return true;
    },
  });
  endpoint.close();
  return 0;
};
