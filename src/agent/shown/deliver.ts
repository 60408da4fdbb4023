// Hands what the observer reports to the application: to its listeners and to its logger. Whatever they throw stays here.
import type { EventEmitter } from "node:events";
import type { Evidence, Finding } from "../../explain/finding.js";
import type { Snapshot } from "../../snapshot/snapshot.js";
import type { Report, Status } from "../messages.js";
import type { Logger } from "../options/option-table.js";

/** What each event hands over. */
export interface AgentEvents {
  /** A finding began, changed, or ended (`state: "resolved"`). */
  finding: [finding: Finding];
  /** Once an interval, only while somebody listens. */
  sample: [snapshot: Snapshot];
  /** The observer is degraded, was started anew, or has ended. */
  status: [status: Status];
}

const methods: Readonly<Record<Finding["severity"], keyof Logger>> = {
  info: "info",
  warning: "warn",
  critical: "error",
};

/** `complain` says a line on stderr; of each consumer that throws, once. */
export const deliverTo = (
  events: EventEmitter,
  logger: Logger | undefined,
  complain: (line: string) => void,
): ((report: Report) => void) => {
  const told = new Set<string>();
  const guarded = (who: string, run: () => void): void => {
    try {
      run();
    } catch (error) {
      if (told.has(who)) return;
      told.add(who);
      complain(`${who} threw: ${String(error)}`);
    }
  };
  const listeners = <Event extends keyof AgentEvents>(event: Event, ...values: AgentEvents[Event]): void => {
    for (const listener of events.listeners(event))
      guarded(`a listener of '${event}'`, () => void Reflect.apply(listener, undefined, values));
  };
  return (report) => {
    if (report.type === "sample") return listeners("sample", report.snapshot);
    if (report.type === "sample-line") {
      const { sample, message } = report;
      return guarded("the logger", () => logger?.info({ v: 1, event: "sample", sample }, message));
    }
    if (report.type === "status") {
      listeners("status", report.status);
      const { state, reason } = report.status;
      const message = `sockscope ${state}${reason === undefined ? "" : `: ${reason}`}`;
      guarded("the logger", () => logger?.warn({ v: 1, event: "status", status: report.status }, message));
      return;
    }
    if (report.type !== "finding") return;
    const { finding } = report;
    listeners("finding", finding);
    const method = finding.state === "resolved" ? "info" : methods[finding.severity];
    guarded("the logger", () =>
      logger?.[method]({ v: 1, event: "finding", finding: jsonable(finding) }, finding.summary),
    );
  };
};

/** As in the log's lines: a bigint is a number up to 2^53, else a decimal string. */
const jsonable = (finding: Finding): Finding => ({ ...finding, evidence: finding.evidence.map(plainValue) });

const plainValue = (evidence: Evidence): Evidence => {
  const { value } = evidence;
  if (typeof value !== "bigint") return evidence;
  const number = Number(value);
  return { ...evidence, value: Number.isSafeInteger(number) ? number : String(value) };
};
