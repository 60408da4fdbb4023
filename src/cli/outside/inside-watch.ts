// Over a watch from outside: asks the endpoints of the watched processes once a second, beside the looks.
import type { Finding } from "../../explain/finding.js";
import { type Endpoint, endpointOf } from "./endpoint.js";
import { findingsOf, type Inside } from "./endpoint-findings.js";

export interface InsideWatch {
  /** Asks those that these processes have, when it is time; does not wait for answers. */
  ask(pids: Iterable<number | undefined>): void;
  /** Asks once more and waits for the answers. */
  end(): Promise<void>;
  /** Those that held within the watch, as they were told last. */
  findings(): readonly Finding[];
  /** The endpoints that were asked. */
  asked(): readonly Inside[];
}

const everyMs = 1000;
/** Beyond so many the oldest are forgotten: an endpoint may tell new ones each time. */
const mostFindings = 10_000;

/** `named`: the process that the user named, if one. */
export const watchInside = (named: number | undefined, signal: AbortSignal): InsideWatch => {
  const began = Date.now();
  const endpoints = new Map<number, Endpoint | undefined>();
  const states = new Map<number, Inside>();
  const findings = new Map<string, Finding>();
  let askedAt = Number.NEGATIVE_INFINITY;
  let pending: Promise<unknown> | undefined;

  const askAll = async (): Promise<void> => {
    const known = [...endpoints.values()].flatMap((endpoint) => endpoint ?? []);
    const answers = await Promise.all(known.map((endpoint) => findingsOf(endpoint, endpoint.pid === named, signal)));
    for (const { findings: told, ...state } of answers) {
      // One that has answered and is gone has told what it knew.
      if (state.reason === undefined || !states.has(state.pid)) states.set(state.pid, state);
      for (const finding of told)
        if (finding.state === "active" || finding.lastSeen >= began)
          findings.set(`${state.pid} ${finding.id}`, finding);
    }
    for (const id of findings.keys()) {
      if (findings.size <= mostFindings) break;
      findings.delete(id);
    }
  };
  return {
    ask(pids) {
      for (const pid of pids) if (pid !== undefined && !endpoints.has(pid)) endpoints.set(pid, endpointOf(pid));
      const now = performance.now();
      if (pending || now - askedAt < everyMs) return;
      askedAt = now;
      pending = askAll().finally(() => {
        pending = undefined;
      });
    },
    async end() {
      await pending;
      await askAll();
    },
    findings: () => [...findings.values()],
    asked: () => [...states.values()],
  };
};
