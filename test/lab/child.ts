// A program of the lab in a process of its own, inside a namespace, steered by messages.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Defer } from "./command.js";
import { eventually } from "./eventually.js";
import type { Namespace } from "./netns.js";

export interface Program {
  readonly pid: number;
  /** What it has said so far, in order. */
  readonly said: readonly Message[];
  /** What it printed on stderr. */
  readonly complaints: () => string;
  tell(message: Message): void;
  /** The first message of this kind that comes after `from`. */
  hear(kind: string, deadlineMs?: number, from?: number): Promise<Message>;
  /** Ends it and waits until it is gone. */
  end(signal?: NodeJS.Signals): Promise<void>;
}

export interface Message {
  readonly kind: string;
  readonly [key: string]: unknown;
}

export interface Launch {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>> | undefined;
}

const gone = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

/** Starts `argv` inside the namespace with an IPC channel; it is killed with the test. */
export const launch = (defer: Defer, ns: Namespace, { argv, env }: Launch): Program => {
  const [file, ...args] = [...ns.enter, ...argv];
  const child = spawn(file!, args, { stdio: ["ignore", "ignore", "pipe", "ipc"], env: { ...process.env, ...env } });
  const said: Message[] = [];
  let complaints = "";
  child.on("message", (message: Message) => said.push(message));
  child.stderr?.on("data", (chunk: Buffer) => {
    complaints = (complaints + chunk.toString()).slice(-20_000);
  });
  child.on("error", (error) => {
    complaints += error.message;
  });
  const end = async (signal: NodeJS.Signals = "SIGKILL"): Promise<void> => {
    if (gone(child)) return;
    const left = once(child, "exit");
    child.kill(signal);
    await left;
  };
  defer(() => end());
  return {
    pid: child.pid ?? 0,
    said,
    complaints: () => complaints,
    tell: (message) => void (child.connected && child.send(message)),
    hear: (kind, deadlineMs, from = 0) =>
      eventually(
        `${kind} from ${argv.at(-2)}`,
        () => {
          const heard = said.slice(from).find((message) => message.kind === kind);
          if (heard === undefined && gone(child)) throw new Error(`it ended before ${kind}: ${complaints}`);
          return heard;
        },
        deadlineMs,
      ),
    end,
  };
};
