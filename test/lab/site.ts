// What every experiment is made of: a server that loads the agent, clients in processes of their own, a slow wire.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { type Launch, launch, type Message, type Program } from "./child.js";
import type { ClientSpec } from "./client.js";
import type { Defer } from "./command.js";
import { eventually } from "./eventually.js";
import { createLog, type Log, type LogLine } from "./log.js";
import type { Namespace } from "./netns.js";
import { compiled, register, script } from "./root.js";
import type { ListenerSpec } from "./server.js";

export interface Site {
  readonly program: Program;
  readonly log: Log;
}

export interface SiteOptions {
  readonly listeners: readonly ListenerSpec[];
  /** A listener that the process inherits as descriptor 10 and does not know of: socket activation. */
  readonly inherited?: { readonly host: string; readonly backlog: number; readonly count?: number } | undefined;
  /** How many processes run an agent; 1. */
  readonly agents?: number | undefined;
  /** Another program of the lab than `server.js`. */
  readonly program?: string | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/** `sample`: at that level the observer says when it runs. */
const agentEnv = (log: Log): Record<string, string> => ({ SOCKSCOPE_LOG: log.path, SOCKSCOPE_LOG_LEVEL: "sample" });

const commandLine = ({ listeners, inherited, program = "server.js" }: SiteOptions): readonly string[] => {
  const node = [process.execPath, "--import", register, compiled(program), JSON.stringify(listeners)];
  if (inherited === undefined) return node;
  const { host, backlog, count = 1 } = inherited;
  return ["python3", script("inherit.py"), host, "3000", String(backlog), String(count), ...node];
};

/** How many processes had listeners to report when they last wrote a sample. */
const reporters = (log: Log): number =>
  [...new Map(log.lines().flatMap(({ pid, sample }) => (sample ? [[pid, sample] as const] : []))).values()].filter(
    ({ listeners }) => listeners.length > 0,
  ).length;

/** Starts a server that only loads the agent, and waits until it listens and the observer has said that it runs. */
export const startSite = async (defer: Defer, ns: Namespace, options: SiteOptions): Promise<Site> => {
  const log = createLog(defer);
  const start: Launch = { argv: commandLine(options), env: { ...agentEnv(log), ...options.env } };
  const program = launch(defer, ns, start);
  await program.hear("ready");
  const { agents = 1 } = options;
  const pidsOf = (lines: readonly LogLine[]): Set<number> => new Set(lines.map(({ pid }) => pid));
  const running = (): number => pidsOf(log.lines().filter(({ event }) => event === "status")).size;
  await eventually(`the first line of ${agents} observers`, () => running() >= agents);
  if (agents > 1) await eventually("one of them to report the listener", () => reporters(log) === 1);
  return { program, log };
};

/** A load that is ready to go; `go` resolves when it has begun. */
export interface Load {
  readonly program: Program;
  go(): Promise<void>;
  tally(): Promise<Readonly<Record<string, number>>>;
}

const counts = (message: Message): Record<string, number> =>
  Object.fromEntries(
    Object.entries(message).flatMap(([name, value]) => (typeof value === "number" ? [[name, value]] : [])),
  );

/** Starts clients and holds them until `go`. */
export const prepareLoad = async (defer: Defer, ns: Namespace, spec: ClientSpec): Promise<Load> => {
  const program = launch(defer, ns, { argv: [process.execPath, compiled("client.js"), JSON.stringify(spec)] });
  await program.hear("ready");
  return {
    program,
    go: async () => {
      program.tell({ kind: "go" });
      await program.hear(spec.pattern === "burst" ? "opened" : "gone");
    },
    tally: async () => {
      const from = program.said.length;
      program.tell({ kind: "tally" });
      return counts(await program.hear("tally", 5000, from));
    },
  };
};

/** Sends SYNs that nobody follows up, from addresses that do not exist; resolves when they are on their way. */
export const sendSyns = async (
  defer: Defer,
  from: Namespace,
  host: string,
  perSecond: number,
  seconds: number,
): Promise<void> => {
  const [file, ...args] = [
    ...from.enter,
    "python3",
    script("syn.py"),
    host,
    "3000",
    String(perSecond),
    String(seconds),
  ];
  const child = spawn(file, args, { stdio: ["ignore", "ignore", "inherit"] });
  const left = once(child, "exit");
  defer(async () => {
    child.kill("SIGKILL");
    await left;
  });
  await once(child, "spawn");
};
