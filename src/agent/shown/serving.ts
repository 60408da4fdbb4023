// The endpoint (SOCKSCOPE_HTTP) beside the watch: what it tells comes from what the watch has seen, and its own sockets
// are kept out of that.
import { openEndpoint, type Endpoint } from "../../export/http/endpoint.js";
import { createPage } from "../../export/http/page.js";
import { nameOf } from "../../export/http/place.js";
import type { Sources } from "../../export/http/routes.js";
import { jsonOf } from "../../export/json.js";
import type { Redactor } from "../../export/redact.js";
import { version } from "../../export/version.js";
import { createExplaining } from "./explaining.js";
import type { ObserverOptions, Status } from "../messages.js";
import type { OurSockets } from "./our-sockets.js";
import type { ShownFindings } from "./shown-findings.js";
import type { Viewers } from "./viewers.js";

export interface ServingParts extends Pick<Sources, "metrics" | "record"> {
  readonly options: ObserverOptions;
  readonly redact: Redactor;
  readonly viewers: Viewers;
  readonly findings: ShownFindings;
  readonly ours: OurSockets;
  readonly tell: (status: Status) => void;
  readonly now: () => number;
}

/** `undefined` where none was asked for. */
export const serve = (parts: ServingParts): { close(): void } | undefined => {
  const { options, redact, viewers, findings, ours, tell, now, metrics, record } = parts;
  const { http: at, httpToken: token } = options;
  if (at === "off") return undefined;
  const explaining = createExplaining(redact);
  const health = { name: "sockscope", version: version(), pid: process.pid };
  const endpoint: Endpoint = openEndpoint({
    at,
    token,
    sources: {
      page: createPage(),
      metrics,
      record,
      findings: () => findings.list(now()),
      explain: (query) => explaining.explain(query, findings.list(now())),
      health: () => health,
    },
    opened: ours.add,
    listening: (address) => tell({ state: "running", reason: `live page and metrics at ${address}`, http: address }),
    failed: (reason) =>
      tell({
        state: "degraded",
        reason: `SOCKSCOPE_HTTP: nothing is served at ${nameOf(at)}: ${reason}; tried again quietly`,
      }),
  });
  const leave = viewers.add({
    snapshot: explaining.snapshot,
    frame: (_frame, json) => endpoint.frame(json()),
    finding: (finding) => endpoint.finding(jsonOf(finding)),
  });
  return {
    close() {
      leave();
      endpoint.close();
    },
  };
};
