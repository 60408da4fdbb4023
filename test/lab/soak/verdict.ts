// What a soak has shown, judged: every fault found and over, every count the kernel's own, memory and descriptors flat.
import type { Finding } from "../../../src/explain/finding.js";
import type { LogLine } from "../log.js";
import { type Due, dues, roundMs } from "./cycle.js";
import type { Trend } from "./memory-trend.js";
import { ports } from "./ports.js";

export interface Kernel {
  readonly listenerDrops: number;
  readonly listenOverflows: number;
  readonly datagramDrops: number;
}

export interface Soaked {
  readonly lines: readonly LogLine[];
  /** Epoch ms at which each round began. */
  readonly rounds: readonly number[];
  /** By the kernel: SO_MEMINFO of the listener, nstat. */
  readonly kernel: Kernel;
  /** By the agent's last scrape. */
  readonly metrics: string;
  readonly activeAtEnd: number;
  readonly memory: Trend;
  readonly fds: { readonly before: readonly string[]; readonly after: readonly string[] };
  readonly tally: Readonly<Record<string, unknown>>;
}

export interface Verdict {
  readonly summary: readonly string[];
  /** Empty: all is well. */
  readonly failures: readonly string[];
}

/** Growth that is no leak: heaps breathe. Told beside the slope. */
const growthBytes = 24 * 1_048_576;
/** What holds a thread from outside makes other causes true. */
const machines = new Set(["cpu-starved", "cpu-throttled", "process-stopped"]);
const isMachines = ({ cause, summary }: Finding): boolean =>
  machines.has(cause) || summary.includes("the thread was stopped or had no CPU");

const carries = (line: LogLine): line is LogLine & { finding: Finding } => line.finding !== undefined;
const isOf = ({ symptom, port }: Due, finding: Finding): boolean =>
  finding.symptom === symptom && finding.subject.port === port;
const value = (metrics: string, series: string): number =>
  Number(
    metrics
      .split("\n")
      .find((line) => line.startsWith(`${series} `))
      ?.split(" ")[1],
  );
/** Node closes what was idle for 5 s; a block of its loop lets a request come first: a client that met it says so. */
const isRace = ({ cause, subject }: Finding): boolean => cause === "keep-alive-race" && subject.port === ports.web;
const toll = ({ evidence }: Finding, name: string): number =>
  Number(evidence.find((each) => each.name === name)?.value ?? 0);

export const judge = ({ lines, rounds, kernel, metrics, activeAtEnd, memory, fds, tally }: Soaked): Verdict => {
  const told = lines.filter(carries);
  const last = [...new Map(told.map(({ finding }) => [finding.id, finding])).values()];
  const expected = rounds.flatMap((began) => dues.map((due) => ({ due, began })));
  const findingsOf = ({ due, began }: { readonly due: Due; readonly began: number }): readonly Finding[] =>
    told
      .filter(({ time, finding }) => time >= began && time < began + roundMs && isOf(due, finding))
      .map(({ finding }) => finding);
  const found = expected.filter((each) => findingsOf(each).length > 0);
  const named = expected.filter((each) => findingsOf(each).some(({ cause }) => cause === each.due.cause));
  const missed = expected.filter((each) => !found.includes(each));
  const stuck = last.filter(({ state }) => state === "active");
  const others = last.filter(
    (finding) =>
      finding.severity !== "info" &&
      !dues.some((due) => isOf(due, finding)) &&
      !isRace(finding) &&
      finding.cause !== "event-loop-blocked" &&
      !isMachines(finding),
  );
  const drops = last
    .filter(({ subject }) => subject.port === ports.tight)
    .reduce((sum, finding) => sum + toll(finding, "listener drops"), 0);
  const races = last.filter(isRace).reduce((sum, finding) => sum + toll(finding, "connections"), 0);
  const { [raceAtClient]: racesMet = 0, ...asked } = tally;
  const counts: readonly (readonly [what: string, told: number, kernel: number])[] = [
    ["metric listener drops", value(metrics, dropSeries), kernel.listenerDrops],
    [
      "metric ListenOverflows",
      value(metrics, 'sockscope_netstat_total{counter="ListenOverflows"}'),
      kernel.listenOverflows,
    ],
    ["requests told as reset by our idle close, met by clients", races, Number(racesMet)],
  ];
  // Overflows alone are fewer, and all that the listener's socket ever threw away is more.
  const isBetween = kernel.listenOverflows <= drops && drops <= kernel.listenerDrops;
  const states = lines.flatMap((line) => (line.event === "status" ? [line.msg] : []));
  const deaths = states.filter((message) => / (restarting|stopped)/.test(message));
  const growth = memory.endBytes - memory.beginBytes;
  const failed = metrics.split("\n").filter((line) => /^sockscope_self_failures_total\{.*\} [1-9]/.test(line));
  const requests = Object.entries(asked).filter(([what]) => / E[A-Z]+$/.test(what));
  return {
    summary: [
      `${rounds.length} rounds of ${dues.length} faults: ${found.length} of ${expected.length} found, ${named.length} with their cause`,
      `${last.length} findings, ${stuck.length} not ended, ${others.length} of other kinds at warning or above`,
      `drops told in findings: ${drops}; ListenOverflows ${kernel.listenOverflows}, SO_MEMINFO drops ${kernel.listenerDrops}`,
      ...counts.map(([what, one, other]) => `${what}: ${one} = ${other}`),
      `datagrams dropped by the kernel: ${kernel.datagramDrops}`,
      `resident memory: ${mega(memory.beginBytes)} in the first third, ${mega(memory.endBytes)} in the last; slope ${mega(memory.bytesPerHour)} an hour`,
      `descriptors without load: ${fds.before.length} before, ${fds.after.length} after`,
      `asked of the server: ${JSON.stringify(tally)}`,
    ],
    failures: [
      ...missed.map(({ due, began }) => `not found: ${due.symptom} at ${due.port}, round ${rounds.indexOf(began) + 1}`),
      ...stuck.map(({ symptom, cause, subject }) => `not ended: ${symptom}/${cause} at ${subject.port}`),
      ...others.map(({ summary }) => `not expected: ${summary}`),
      ...counts.filter(([, one, other]) => one !== other).map(([what, one, other]) => `${what}: ${one}, not ${other}`),
      ...(isBetween ? [] : [`drops told in findings: ${drops}`]),
      ...(activeAtEnd > 0 ? [`${activeAtEnd} findings active at the end`] : []),
      ...(growth > growthBytes ? [`memory grew by ${mega(growth)}`] : []),
      ...(fds.after.length > fds.before.length
        ? [`descriptors: ${fds.after.join(" ")}, not ${fds.before.join(" ")}`]
        : []),
      ...deaths,
      ...failed,
      ...requests.map(([what, count]) => `${what}: ${String(count)}`),
    ],
  };
};

const dropSeries = `sockscope_tcp_listener_drops_total{server_address="127.0.0.1",server_port="${ports.tight}"}`;
const raceAtClient = "keep-alive ECONNRESET";
const mega = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MB`;
