// The log: one JSON object a line, as pino writes it (contract: a log line), for people with jq and for collectors.
import type { Finding, Severity } from "../explain/finding.js";
import { openDestination, type WriteNow } from "./destination.js";
import { composeLine, type Payload } from "./line.js";
import type { Sample } from "./sample.js";
import { sampleMessage } from "./sample-message.js";

export interface LogWriterOptions {
  /** `stderr`, `stdout`, `off` or a file's path. */
  readonly destination: string;
  /** `finding`: samples are not written. */
  readonly level: "finding" | "sample";
  readonly pid: number;
  readonly hostname: string;
  readonly name: string;
  readonly version: string;
  /** The addon's, for streams that are sockets (systemd's journal, a parent that pipes). */
  readonly writeNow?: WriteNow | undefined;
}

export interface Status {
  readonly state: string;
  /** What is missing, where it is degraded. */
  readonly reason?: string | undefined;
  readonly http?: string | undefined;
  readonly support?: unknown;
}

export interface LogWriter {
  readonly finding: (finding: Finding) => void;
  readonly sample: (sample: Sample) => void;
  /** `false`: nothing can be written there from here, now or later. */
  readonly status: (status: Status) => boolean;
  /** Lines that the destination did not take. */
  readonly lost: () => number;
  readonly close: () => void;
}

const infoLevel = 30;
const levels: Readonly<Record<Severity, number>> = { info: infoLevel, warning: 40, critical: 50 };
const examplesAtMost = 8;
const findingTrims = ["evidence", "ruledOut", "stack", "prediction", "remedy"];

/** Opens the destination and writes to it, synchronously, from whatever thread calls. Nothing here throws or waits. */
export const createLogWriter = (options: LogWriterOptions): LogWriter => {
  const { pid, hostname, name, version } = options;
  const destination = openDestination(options.destination, options.writeNow);
  let unfit = 0;
  let toldLost = 0;
  let lastStatus: Status = { state: "running" };
  const lost = (): number => destination.lost() + unfit;

  const write = (level: number, msg: string, event: string, payload: Payload, trims: readonly string[]): boolean => {
    let line: Buffer | undefined;
    try {
      line = composeLine({ head: { level, time: Date.now(), pid, hostname, name }, msg, event, payload, trims });
    } catch {
      // Nothing of ours is circular; what JSON cannot hold is lost like what does not fit.
    }
    if (line !== undefined) return destination.write(line);
    unfit += 1;
    return false;
  };

  const status = (given: Status): boolean => {
    lastStatus = given;
    const now = lost();
    const { state, reason, http, support } = given;
    const payload = { state, version, reason, http, support, lost: now };
    const about = `${name} ${version} ${state}${reason === undefined ? "" : `: ${reason}`}`;
    const msg = now > 0 ? `${about}; ${now} log lines lost` : about;
    if (!write(infoLevel, msg, "status", payload, ["support", "reason"])) return destination.reason() === "EAGAIN";
    toldLost = now;
    return true;
  };

  const tellLost = (): void => {
    if (lost() > toldLost) status(lastStatus);
  };

  return {
    finding: (finding) => {
      const level = finding.state === "resolved" ? infoLevel : levels[finding.severity];
      const subject = { ...finding.subject, examples: finding.subject.examples?.slice(0, examplesAtMost) };
      if (write(level, finding.summary, "finding", { ...finding, subject }, findingTrims)) tellLost();
    },
    sample: (sample) => {
      if (options.level !== "sample") return;
      if (write(infoLevel, sampleMessage(sample), "sample", { ...sample }, ["listeners", "counters"])) tellLost();
    },
    status,
    lost,
    close: destination.close,
  };
};
